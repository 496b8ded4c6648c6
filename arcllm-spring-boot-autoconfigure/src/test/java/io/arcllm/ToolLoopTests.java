package io.arcllm;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tools are run, and their results are told the model.
 */
class ToolLoopTests {

	private final List<LlmRequest> asked = new ArrayList<>();

	private final CountDownLatch together = new CountDownLatch(2);

	record City(String name) {
	}

	final class Weather {

		@LlmTool("The temperature in a city")
		int temperature(@JsonPropertyDescription("Which city") City city, @Nullable String unit) {
			if (city.name().equals("Atlantis")) {
				throw new IllegalArgumentException("There is no Atlantis");
			}
			return city.name().length();
		}

		@LlmTool(description = "Waits for another", name = "meet")
		String waits() throws InterruptedException {
			ToolLoopTests.this.together.countDown();
			return String.valueOf(ToolLoopTests.this.together.await(20, TimeUnit.SECONDS));
		}

	}

	private LlmProvider says(LlmResponse... answers) {
		return LlmProvider.of("v", (request) -> {
			this.asked.add(request);
			return answers[Math.min(this.asked.size(), answers.length) - 1];
		});
	}

	private static LlmResponse calls(ToolCall... calls) {
		return LlmResponse.builder().toolCalls(calls).build();
	}

	private static ToolCall call(String id, String name, Map<String, Object> arguments) {
		return new ToolCall(id, name, "{}", new java.util.LinkedHashMap<>(arguments));
	}

	private List<Content> results(int request) {
		List<Message> messages = this.asked.get(request).messages();
		return messages.get(messages.size() - 1).content();
	}

	@Test
	@SuppressWarnings("unchecked")
	void methodsAreOfferedAndTheirResultsTold() {
		LlmResponse answer = ToolLoop
			.of(says(calls(call("1", "temperature", Map.of("city", Map.of("name", "Bonn")))), LlmResponse.of("4")))
			.tools(new Weather())
			.run(LlmRequest.builder().messages(Message.user("hi")).toolChoice(ToolChoice.REQUIRED).build());
		assertThat(answer.text()).isEqualTo("4");
		Tool tool = this.asked.get(0)
			.tools()
			.stream()
			.filter((one) -> one.name().equals("temperature"))
			.findFirst()
			.orElseThrow();
		assertThat(tool.description()).isEqualTo("The temperature in a city");
		assertThat(tool.parameters()).containsEntry("required", List.of("city", "unit"))
			.containsEntry("additionalProperties", false);
		Map<String, Map<String, Object>> properties = (Map<String, Map<String, Object>>) tool.parameters()
			.get("properties");
		assertThat(properties.get("city")).containsEntry("description", "Which city");
		assertThat(properties.get("unit")).containsEntry("type", List.of("string", "null"));
		assertThat(results(1)).containsExactly(Content.ToolResult.of("1", "4"));
		assertThat(this.asked.get(1).messages()).hasSize(3);
		assertThat(this.asked.get(1).toolChoice()).isNull();
	}

	@Test
	void failuresAreResults() {
		ToolLoop
			.of(says(calls(call("1", "temperature", Map.of("city", Map.of("name", "Atlantis"))),
					call("2", "temperature", Map.of("city", 7)), call("3", "unknown", Map.of()),
					new ToolCall("4", "temperature", "{bad", null)), LlmResponse.of("none")))
			.tools(new Weather())
			.run("hi");
		assertThat(results(1)).hasSize(4).allMatch((result) -> ((Content.ToolResult) result).isError());
		assertThat(results(1).get(0)).isEqualTo(Content.ToolResult.error("1", "There is no Atlantis"));
		assertThat(results(1).get(2)).isEqualTo(Content.ToolResult.error("3", "There is no tool 'unknown'"));
	}

	@Test
	void callsOfOneTurnRunAtOnceAndInOrder() {
		ToolLoop.of(says(calls(call("1", "meet", Map.of()), call("2", "meet", Map.of())), LlmResponse.of("ok")))
			.tools(new Weather())
			.run("hi");
		assertThat(results(1)).containsExactly(Content.ToolResult.of("1", "true"), Content.ToolResult.of("2", "true"));
	}

	@Test
	void roundsAreBounded() {
		ToolFunction function = new ToolFunction(Tool.of("f", "", Map.of("type", "object")), (arguments) -> "x");
		assertThatExceptionOfType(LlmException.class)
			.isThrownBy(() -> ToolLoop.of(says(calls(call("1", "f", Map.of())))).tools(function).maxRounds(2).run("hi"))
			.satisfies((failure) -> {
				assertThat(failure.kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
				assertThat(failure.partial().toolCalls()).hasSize(1);
			});
		assertThat(this.asked).hasSize(3);
	}

	interface Clock<T> {

		@LlmTool("Tells the time")
		String time(T zone);

	}

	static class Base {

		@LlmTool("Adds")
		public String add(OptionalInt to) {
			return "base";
		}

	}

	static class Both extends Base implements Clock<String> {

		@LlmTool("Tells the time there")
		@Override
		public String time(String zone) {
			return "noon in " + zone;
		}

		@LlmTool("Adds more")
		@Override
		public String add(OptionalInt to) {
			return "more than " + to.orElse(0);
		}

	}

	@Test
	void overriddenMethodsAreOneToolInTheOrderOfNames() {
		ToolLoop
			.of(says(calls(call("1", "time", Map.of("zone", "Bonn")), call("2", "add", Map.of()),
					call("3", "add", Map.of("to", 2))), LlmResponse.of("ok")))
			.tools(new Both())
			.run("hi");
		assertThat(this.asked.get(0).tools()).extracting(Tool::name).containsExactly("add", "time");
		assertThat(this.asked.get(0).tools()).extracting(Tool::description)
			.containsExactly("Adds more", "Tells the time there");
		assertThat(results(1)).containsExactly(Content.ToolResult.of("1", "noon in Bonn"),
				Content.ToolResult.of("2", "more than 0"), Content.ToolResult.of("3", "more than 2"));
	}

	@Test
	void methodsOfAProxysInterfaceAreTools() {
		Object proxy = Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Greeter.class },
				(self, method, arguments) -> "hello " + arguments[0]);
		ToolLoop.of(says(calls(call("1", "greet", Map.of("name", "Ann"))), LlmResponse.of("ok")))
			.tools(proxy)
			.run("hi");
		assertThat(results(1)).containsExactly(Content.ToolResult.of("1", "hello Ann"));
	}

	interface Greeter {

		@LlmTool("Greets")
		String greet(String name);

	}

	@Test
	void whatHasNoToolIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> ToolLoop.of(says()).tools(new Object()))
			.withMessageContaining("@LlmTool");
	}

}
