package io.arcllm.test.vendor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A streamed answer of a real vendor, byte for byte, and its content. The array must not
 * be changed.
 *
 * @param name its name, such as {@code openrouter text}
 * @param format the wire format: {@code anthropic}, {@code openai} or {@code ollama}
 * @param contentType the content type of the answer
 * @param text the text of it
 * @param calls the tools it calls, without ids
 * @param body the bytes of the answer
 * @param cut whether the connection closes in the middle of it
 */
public record RecordedStream(String name, String format, String contentType, String text, List<Answer.Call> calls,
		byte[] body, boolean cut) {

	private static final String FOLDER = "/io/arcllm/test/recorded/";

	public RecordedStream {
		calls = List.copyOf(calls);
	}

	/**
	 * The recorded streams of the test kit; the file NOTICE beside them names their
	 * sources.
	 */
	public static List<RecordedStream> all() {
		List<RecordedStream> all = new ArrayList<>();
		for (JsonNode row : Json.read(read("streams.json"))) {
			List<Answer.Call> calls = row.path("tools")
				.valueStream()
				.map((tool) -> new Answer.Call("", tool.path("name").asString(), tool.path("arguments").asString()))
				.toList();
			all.add(new RecordedStream(row.path("name").asString(), row.path("format").asString(),
					row.path("contentType").asString(), row.path("text").asString(), calls,
					read(row.path("file").asString()), false));
		}
		return List.copyOf(all);
	}

	private static byte[] read(String file) {
		try (InputStream stream = RecordedStream.class.getResourceAsStream(FOLDER + file)) {
			return Objects.requireNonNull(stream, file).readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The same stream, whose connection closes after this many bytes. */
	public RecordedStream cutAfter(int bytes) {
		return new RecordedStream(this.name, this.format, this.contentType, this.text, this.calls,
				Arrays.copyOf(this.body, Math.min(bytes, this.body.length)), true);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof RecordedStream stream && this.name.equals(stream.name)
				&& this.format.equals(stream.format) && this.cut == stream.cut && Arrays.equals(this.body, stream.body);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.name, this.cut, this.body.length);
	}

	@Override
	public String toString() {
		return this.name + (this.cut ? ", cut after " + this.body.length + " bytes" : "");
	}

}
