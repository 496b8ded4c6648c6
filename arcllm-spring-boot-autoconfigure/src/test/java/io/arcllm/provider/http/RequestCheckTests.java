package io.arcllm.provider.http;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What no vendor takes is refused before it is sent.
 */
class RequestCheckTests {

	private static final Target TARGET = new Target("acme", "m");

	private static final Tool TOOL = Tool.of("weather", "", Map.of());

	static Stream<Arguments> refused() {
		return Stream.of(arguments("messages is empty", LlmRequest.builder()),
				arguments("temperature", hello().temperature(-0.1)),
				arguments("temperature", hello().temperature(Double.NaN)),
				arguments("temperature", hello().temperature(Double.POSITIVE_INFINITY)),
				arguments("topP", hello().topP(1.1)), arguments("maxTokens", hello().maxTokens(-1)),
				arguments("stop", hello().stop("")),
				arguments("cannot be a tool's name", hello().tools(Tool.of("a b", "", Map.of()))),
				arguments("twice", hello().tools(TOOL, TOOL)),
				arguments("needs tools", hello().toolChoice(ToolChoice.REQUIRED)),
				arguments("USER cannot hold a tool_use", with(Message.user(ToolCall.of("a", "f", Map.of())))),
				arguments("USER cannot hold a thinking",
						with(Message.user(new Content.Thinking("hm", null, null, null)))),
				arguments("ASSISTANT cannot hold a tool_result",
						with(Message.assistant(List.of(Content.ToolResult.of("a", "4"))))),
				arguments("SYSTEM cannot hold a image",
						with(new Message(Message.Role.SYSTEM,
								List.of(Content.Image.of("image/png", new byte[] { 1 }))))),
				arguments("result of tool call a cannot hold a tool_use",
						with(Message.toolResults(
								new Content.ToolResult("a", List.of(ToolCall.of("b", "f", Map.of())), false)))),
				arguments("not among tools", hello().tools(TOOL).toolChoice(ToolChoice.tool("clock"))));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("refused")
	void fieldAndMendAreNamed(String words, LlmRequest.Builder request) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> RequestCheck.check(request.build(), TARGET))
			.withMessageContaining(words)
			.satisfies((refusal) -> assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID_REQUEST));
	}

	@Test
	void zeroIsTaken() {
		RequestCheck.check(hello().temperature(0.0)
			.topP(0.0)
			.maxTokens(0)
			.tools(TOOL)
			.toolChoice(ToolChoice.tool("weather"))
			.build(), TARGET);
	}

	private static LlmRequest.Builder with(Message message) {
		return LlmRequest.builder().messages(Message.user("Hello"), message);
	}

	private static LlmRequest.Builder hello() {
		return LlmRequest.builder().messages(Message.user("Hello"));
	}

	@Test
	void requestThatIsRightCostsNoObject() {
		LlmRequest request = LlmRequest.builder()
			.messages(Message.system("Be brief"), Message.user("Hi"),
					Message.assistant(List.of(ToolCall.of("a", "weather", Map.of()))),
					Message.user(Content.ToolResult.of("a", "4")))
			.tools(TOOL, Tool.of("clock", "", Map.of()))
			.toolChoice(ToolChoice.tool("clock"))
			.temperature(0.5)
			.stop("END")
			.build();
		check(request);
		assertThat(check(request)).isLessThan(4096);
	}

	/** How many bytes a thousand checks take. */
	private static long check(LlmRequest request) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 1000; i++) {
			RequestCheck.check(request, TARGET);
		}
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

}
