package io.arcllm.provider;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.arcllm.Content;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.error.Secrets;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No words of a caller keep the writer of requests busy: pictures' URLs, names, ids and
 * arguments of tool calls of a megabyte are written, or refused, soon.
 */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LongRequestsTests {

	private static final int LONG = 1 << 20;

	/** Always run: what takes the square of the length takes minutes for a megabyte. */
	private static final int SHORT = 1 << 16;

	private static final List<WireFormat> FORMATS = List.of(new AnthropicFormat("acme"), new OpenAiFormat("acme"),
			new OllamaFormat("acme"));

	static Stream<String> words() {
		return Stream.of("a", "A", " ", "\n", "\"", "\\", "{", "[", ":", ",", ";", "/", "data:",
				"data:image/png;base64,", "data:;base64,", ";base64,", "data:,", "%", "%41", "http://", "a.", "../",
				"aB", "a_b-", "\u00e9", "\ud83d\ude00", "\ud83d", "\u0000", "\u202e", "eyJaaaaa.", "sk-a1", "key=a1",
				"key key=", "A1");
	}

	@ParameterizedTest
	@MethodSource("words")
	void areWrittenSoon(String words) {
		write(words.repeat(SHORT / words.length()));
	}

	@Tag("proof")
	@ParameterizedTest
	@MethodSource("words")
	void longOnesAreWrittenSoon(String words) {
		write(words.repeat(LONG / words.length()));
	}

	private static void write(String text) {
		List<LlmRequest> requests = new ArrayList<>();
		for (String url : List.of(text, "data:image/png;base64," + text, "data:" + text, "https://a/" + text)) {
			picture(url).ifPresent((picture) -> requests.add(of(Message.user(picture))));
		}
		requests.add(of(Message.user(text)));
		requests
			.add(LlmRequest.builder().messages(List.of(Message.user("hi"))).model(text).stop(List.of(text)).build());
		requests.add(LlmRequest.builder()
			.messages(List.of(Message.user("hi"), Message.assistant(List.of(ToolCall.of(text, "f", Map.of("a", text)))),
					Message.toolResult(text, text)))
			.build());
		requests.add(LlmRequest.builder().messages(List.of(Message.user("hi"))).options(Map.of(text, text)).build());
		for (WireFormat format : FORMATS) {
			requests.forEach((request) -> write(format, request));
		}
	}

	@ParameterizedTest
	@MethodSource("words")
	void areMaskedSoon(String words) {
		mask(words.repeat(SHORT / words.length()));
	}

	@Tag("proof")
	@ParameterizedTest
	@MethodSource("words")
	void longOnesAreMaskedSoon(String words) {
		mask(words.repeat(LONG / words.length()));
	}

	private static void mask(String text) {
		assertThat(Secrets.mask(text)).isNotNull();
		assertThat(Secrets.mask("key=" + text)).isNotNull();
		assertThat(Secrets.mask("bearer " + text)).isNotNull();
	}

	private static Optional<Content> picture(String url) {
		try {
			return Optional.of(Content.Image.of(new URI(url)));
		}
		catch (URISyntaxException ex) {
			return Optional.empty();
		}
	}

	private static LlmRequest of(Message message) {
		return LlmRequest.builder().messages(List.of(message)).build();
	}

	private static void write(WireFormat format, LlmRequest request) {
		try {
			assertThat(new String(format.encode(request), StandardCharsets.UTF_8)).startsWith("{");
		}
		catch (LlmException ex) {
			assertThat(ex.getMessage()).hasSizeLessThan(501);
		}
	}

}
