package io.arcllm.bridge.springai;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeType;

/**
 * Reads a picture or document of a message. What no target takes is {@code UNSUPPORTED}
 * before anything is sent.
 */
final class MediaReader {

	private static final String BASE64 = ";base64,";

	private MediaReader() {
	}

	static Content content(Media media) {
		MimeType type = media.getMimeType();
		if (!type.getType().equals("image") && !type.getType().equals("text")
				&& !type.getType().equals("application")) {
			throw LlmException
				.of(ErrorKind.UNSUPPORTED,
						"Media of type " + type + " is taken by no target: pictures and documents are")
				.build();
		}
		Content.Source source = source(type.getType() + "/" + type.getSubtype(), media.getData());
		return type.getType().equals("image") ? new Content.Image(source)
				: new Content.Document(source, media.getName());
	}

	private static Content.Source source(String type, Object data) {
		if (data instanceof byte[] bytes) {
			return new Content.Bytes(type, bytes);
		}
		String text = data.toString();
		if (text.regionMatches(true, 0, "http://", 0, 7) || text.regionMatches(true, 0, "https://", 0, 8)) {
			return new Content.Link(URI.create(text));
		}
		try {
			if (!text.startsWith("data:")) {
				return new Content.Bytes(type, Base64.getMimeDecoder().decode(text));
			}
			int comma = text.indexOf(',');
			String encoded = text.substring(comma + 1);
			return new Content.Bytes(type, text.startsWith(BASE64, comma + 1 - BASE64.length())
					? Base64.getMimeDecoder().decode(encoded) : encoded.getBytes(StandardCharsets.UTF_8));
		}
		catch (IllegalArgumentException ex) {
			throw LlmException
				.of(ErrorKind.UNSUPPORTED,
						"Media of type " + type + " is neither bytes, nor base64, nor a link of http or https")
				.cause(ex)
				.build();
		}
	}

}
