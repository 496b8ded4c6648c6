package io.arcllm;

import java.util.ArrayList;
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
				refused("name", () -> Tool.of(null, "", Map.of())));
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
