package io.arcllm;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class LlmRequestTests {

	private static final LlmProvider NOBODY = LlmProvider.of("nobody", (request) -> LlmResponse.of("hi"));

	@Test
	void whatIsChangedAfterwardsChangesNoRequest() {
		List<Message> messages = new ArrayList<>(List.of(Message.user("hi")));
		List<Tool> tools = new ArrayList<>();
		List<String> stop = new ArrayList<>();
		Map<String, Object> options = new HashMap<>();
		Map<String, Object> schema = new HashMap<>(Map.of("type", "object"));
		Map<String, Object> parameters = new HashMap<>();
		tools.add(Tool.of("clock", "", parameters));
		LlmRequest request = LlmRequest.builder()
			.messages(messages)
			.tools(tools)
			.stop(stop)
			.options(options)
			.responseFormat(ResponseFormat.jsonSchema("answer", schema))
			.build();
		LlmRequest same = LlmRequest.builder()
			.messages(Message.user("hi"))
			.tools(Tool.of("clock", "", Map.of()))
			.responseFormat(ResponseFormat.jsonSchema("answer", Map.of("type", "object")))
			.build();
		messages.clear();
		tools.clear();
		stop.add("x");
		options.put("x", 1);
		schema.put("x", 1);
		parameters.put("x", 1);
		assertThat(request).isEqualTo(same);
	}

	@Test
	void blankModelIsNone() {
		LlmRequest request = LlmRequest.of("hi");
		assertThat(request.mutate().model("").build().model()).isNull();
		assertThat(request.withModel(" ")).isEqualTo(request);
	}

	static Stream<Arguments> nothing() {
		return Stream.of(refused("text", () -> LlmRequest.of((String) null)),
				refused("messages", () -> LlmRequest.of((List<Message>) null)),
				refused("tools", () -> LlmRequest.builder().tools((List<Tool>) null).build()),
				refused("stop", () -> LlmRequest.builder().stop((List<String>) null).build()),
				refused("metadata", () -> LlmRequest.builder().metadata(null).build()),
				refused("options", () -> LlmRequest.builder().options(null).build()),
				refused("callOptions", () -> LlmRequest.builder().callOptions((CallOptions) null).build()),
				refused("role", () -> new Message(null, List.of())),
				refused("content", () -> Message.assistant((List<Content>) null)),
				refused("name", () -> Tool.of(null, "", Map.of())),
				refused("messages[1]", () -> LlmRequest.of(Arrays.asList(Message.user("hi"), null))),
				refused("messages[0]", () -> LlmRequest.builder().messages((Message) null).build()),
				refused("tools[1]",
						() -> LlmRequest.builder().tools(Arrays.asList(Tool.of("f", "", Map.of()), null)).build()),
				refused("stop[2]", () -> LlmRequest.builder().stop("a", "b", null).build()),
				refused("content[0]", () -> Message.user((Content) null)),
				refused("content[1]", () -> Message.assistant(Arrays.asList(new Content.Text("hi"), null))),
				refused("content[0]", () -> new Content.ToolResult("a", Arrays.asList((Content) null), false)),
				refused("content", () -> new Content.ToolResult("a", null, false)),
				refused("toolCallId", () -> new Content.ToolResult(null, List.of(), false)),
				refused("source", () -> new Content.Image(null)),
				refused("source", () -> new Content.Document(null, "a.pdf")),
				refused("name", () -> Content.Document.of("application/pdf", new byte[0], null)),
				refused("url", () -> Content.Image.of((URI) null)),
				refused("mediaType", () -> Content.Image.of(null, new byte[0])),
				refused("data", () -> Content.Image.of("image/png", null)),
				refused("id", () -> new ToolCall(null, "f", "{}", null)),
				refused("name", () -> new ToolCall("a", null, "{}", null)),
				refused("rawArguments", () -> new ToolCall("a", "f", null, null)),
				refused("request", () -> NOBODY.stream(null)), refused("request", () -> NOBODY.invokeAsync(null)));
	}

	private static Arguments refused(String name, ThrowingCallable call) {
		return arguments(name, call);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("nothing")
	void nothingIsRefusedByItsName(String name, ThrowingCallable call) {
		assertThatNullPointerException().isThrownBy(call).withMessage(name);
	}

	@Test
	void messageOfAnErrorIsShortWithItsChain() {
		String model = "m".repeat(90);
		List<LlmException> others = List.of(LlmException.of(ErrorKind.NETWORK, "no").build());
		LlmException failure = LlmException.of(ErrorKind.OVERLOADED, "busy ".repeat(200)).build();
		assertThat(failure.exhausted("a/" + model + " -> b/" + model, others).getMessage())
			.hasSizeLessThanOrEqualTo(500)
			.startsWith("busy")
			.endsWith(" -> b/" + model + ")");
		assertThat(failure.exhausted(model.repeat(9), others).getMessage()).hasSizeLessThanOrEqualTo(500)
			.startsWith("busy");
	}

}
