package io.arcllm;

import java.net.URI;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A part of a message. What a vendor cannot take is an {@link ErrorKind#INVALID_REQUEST}
 * before anything is sent; nothing is dropped silently.
 */
public sealed interface Content
		permits Content.Text, Content.Image, Content.Document, Content.Thinking, Content.ToolResult, ToolCall {

	/**
	 * Words.
	 */
	record Text(String text) implements Content {

		public Text {
			Objects.requireNonNull(text, "text");
		}

	}

	/**
	 * A picture.
	 *
	 * @param source where it is
	 */
	record Image(Source source) implements Content {

		public Image {
			Objects.requireNonNull(source, "source");
		}

		/** A picture given as bytes. */
		public static Image of(String mediaType, byte[] data) {
			return new Image(new Bytes(mediaType, data));
		}

		/** A picture that the vendor fetches. */
		public static Image of(URI url) {
			return new Image(new Link(url));
		}

	}

	/**
	 * A document such as a PDF.
	 *
	 * @param source where it is
	 * @param name its file name, or empty
	 */
	record Document(Source source, String name) implements Content {

		public Document {
			Objects.requireNonNull(source, "source");
			Objects.requireNonNull(name, "name");
		}

		/** A document given as bytes. */
		public static Document of(String mediaType, byte[] data, String name) {
			return new Document(new Bytes(mediaType, data), name);
		}

		/** A document that the vendor fetches. */
		public static Document of(URI url) {
			return new Document(new Link(url), "");
		}

	}

	/**
	 * What the model thought. Belongs to the model that thought it: it is left out for
	 * others.
	 *
	 * @param text the thoughts; empty where the vendor hides them
	 * @param signature the vendor's proof, to be sent back unchanged
	 * @param redacted the hidden thoughts in the vendor's own encryption, to be sent back
	 * unchanged
	 * @param provider who thought it; others are not sent it
	 */
	record Thinking(String text, @Nullable String signature, @Nullable String redacted,
			@Nullable String provider) implements Content {
	}

	/**
	 * What a tool answered.
	 *
	 * @param toolCallId which call it answers
	 * @param content the answer
	 * @param isError whether the tool failed
	 */
	record ToolResult(String toolCallId, List<Content> content, boolean isError) implements Content {

		public ToolResult {
			Objects.requireNonNull(toolCallId, "toolCallId");
			content = Copies.of(content, "content");
		}

		/** An answer in words. */
		public static ToolResult of(String toolCallId, String text) {
			return new ToolResult(toolCallId, List.of(new Text(text)), false);
		}

		/** A failure in words. */
		public static ToolResult error(String toolCallId, String text) {
			return new ToolResult(toolCallId, List.of(new Text(text)), true);
		}

	}

	/**
	 * Where a picture or document is.
	 */
	sealed interface Source {

	}

	/**
	 * Given as bytes. Compared by identity of the array; don't change it.
	 *
	 * @param mediaType such as {@code image/png}
	 * @param data the bytes themselves
	 */
	record Bytes(String mediaType, byte[] data) implements Source {

		public Bytes {
			Objects.requireNonNull(mediaType, "mediaType");
			Objects.requireNonNull(data, "data");
		}

		@Override
		public String toString() {
			return "Bytes[" + this.mediaType + ", " + this.data.length + " bytes]";
		}

	}

	/**
	 * To be fetched by the vendor.
	 */
	record Link(URI url) implements Source {

		public Link {
			Objects.requireNonNull(url, "url");
		}
	}

}
