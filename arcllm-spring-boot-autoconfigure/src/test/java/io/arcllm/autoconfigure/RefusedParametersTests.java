package io.arcllm.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.ReasoningEffort;
import io.arcllm.Tool;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Vendors that refuse a parameter, and what is asked of them afterwards.
 */
@Timeout(60)
class RefusedParametersTests {

	private static final String ONLY_THE_DEFAULT = refusal("Unsupported value: 'temperature' does not support 0.2 with"
			+ " this model. Only the default (1) value is supported.", "temperature");

	@AutoClose
	private final Vendors vendors = new Vendors();

	private static String refusal(String message, String param) {
		return "{\"error\":{\"message\":\"" + message + "\",\"type\":\"invalid_request_error\",\"param\":\"" + param
				+ "\",\"code\":null}}";
	}

	private static MockResponse refuses(String body) {
		return Vendors.json(400, body).build();
	}

	private ApplicationContextRunner runner(String... properties) {
		return this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second,third")
			.withPropertyValues(properties);
	}

	private static LlmResponse ask(LlmProvider llm, UnaryOperator<LlmRequest.Builder> request, boolean streaming) {
		LlmRequest asked = request.apply(LlmRequest.builder().messages(Message.user("hi"))).build();
		LlmEvent last = (streaming ? llm.stream(asked) : llm.exchange(asked)).blockLast(Duration.ofSeconds(20));
		return ((LlmEvent.Completed) last).response();
	}

	private static JsonNode body(MockWebServer server) throws InterruptedException {
		return JsonMapper.shared().readTree(server.takeRequest().getBody().string(StandardCharsets.UTF_8));
	}

	@WholeAndStreamed
	void refusedParameterIsLeftOutAndRemembered(boolean streaming) {
		this.vendors.first.enqueue(refuses(ONLY_THE_DEFAULT));
		this.vendors.first.enqueue(Vendors.says("a", streaming));
		this.vendors.first.enqueue(Vendors.says("b", streaming));
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			LlmResponse first = ask(llm, (r) -> r.temperature(0.2), streaming);
			assertThat(first.trail().attempts()).extracting(Attempt::cause)
				.containsExactly(Attempt.Cause.FIRST, Attempt.Cause.WITHOUT_PARAMETERS);
			assertThat(first.trail().attempts().get(0).error()).isEqualTo(ErrorKind.UNSUPPORTED);
			assertThat(first.trail().attempts()).extracting(Attempt::leftOut)
				.containsExactly(List.of(), List.of("temperature"));
			LlmResponse second = ask(llm, (r) -> r.temperature(0.2), streaming);
			assertThat(second.trail().attempts()).singleElement()
				.satisfies((attempt) -> assertThat(attempt.leftOut()).containsExactly("temperature"));
			assertThat(body(this.vendors.first).has("temperature")).isTrue();
			assertThat(body(this.vendors.first).has("temperature")).isFalse();
			assertThat(body(this.vendors.first).has("temperature")).isFalse();
		});
	}

	@WholeAndStreamed
	void refusalHoldsForTheModelOfTheRequestAlone(boolean streaming) {
		this.vendors.first.enqueue(refuses(ONLY_THE_DEFAULT));
		for (int i = 0; i < 3; i++) {
			this.vendors.first.enqueue(Vendors.says("a", streaming));
		}
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			ask(llm, (r) -> r.temperature(0.2).model("m9"), streaming);
			assertThat(ask(llm, (r) -> r.temperature(0.2), streaming).trail().attempts()).singleElement()
				.satisfies((attempt) -> assertThat(attempt.leftOut()).isEmpty());
			assertThat(ask(llm, (r) -> r.temperature(0.2).model("m9"), streaming).trail().attempts()).singleElement()
				.satisfies((attempt) -> assertThat(attempt.leftOut()).containsExactly("temperature"));
		});
	}

	/** Whole calls are asked as streams, and at once for a whole answer from then on. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void streamThatIsRefusedUpstreamIsAWholeAnswerAtThePrimaryAndAtAHop(boolean hop) {
		MockWebServer vendor = hop ? this.vendors.second : this.vendors.first;
		if (hop) {
			this.vendors.first.enqueue(Vendors.fails("503"));
			this.vendors.first.enqueue(Vendors.fails("503"));
		}
		vendor.enqueue(refuses(refusal("Your organization must be verified to stream this model.", "stream")));
		vendor.enqueue(Vendors.says("a word", false));
		vendor.enqueue(Vendors.says("a word", false));
		runner("arcllm.modules.streams.upstream=always").run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			Attempt.Cause first = hop ? Attempt.Cause.NEXT_TARGET : Attempt.Cause.FIRST;
			List<Attempt> attempts = ask(llm, (r) -> r.temperature(0.2), false).trail().attempts();
			assertThat(attempts.subList(hop ? 1 : 0, attempts.size())).extracting(Attempt::cause)
				.containsExactly(first, Attempt.Cause.WITHOUT_PARAMETERS);
			// the caller asked for no stream, so nothing of the request was left out
			assertThat(attempts).allSatisfy((attempt) -> assertThat(attempt.leftOut()).isEmpty());
			assertThat(ask(llm, (r) -> r, false).trail().attempts()).hasSize(hop ? 2 : 1)
				.last()
				.satisfies((attempt) -> assertThat(attempt.cause()).isEqualTo(first));
		});
	}

	@WholeAndStreamed
	void configuredDefaultThatIsRefusedIsLeftOutToo(boolean streaming) {
		this.vendors.first.enqueue(refuses(ONLY_THE_DEFAULT));
		this.vendors.first.enqueue(Vendors.says("a", streaming));
		this.vendors.first.enqueue(Vendors.says("b", streaming));
		runner("arcllm.providers.first.defaults.temperature=0.2").run((context) -> {
			for (int i = 0; i < 2; i++) {
				List<Attempt> attempts = ask(context.getBean(LlmProvider.class), (r) -> r, streaming).trail()
					.attempts();
				assertThat(attempts).hasSize(2 - i)
					.last()
					.satisfies((attempt) -> assertThat(attempt.leftOut()).containsExactly("temperature"));
			}
			assertThat(body(this.vendors.first).has("temperature")).isTrue();
			assertThat(body(this.vendors.first).has("temperature")).isFalse();
			assertThat(body(this.vendors.first).has("temperature")).isFalse();
		});
	}

	@WholeAndStreamed
	void refusedValueIsTheMistakeOfTheCallerAtThePrimaryAndIsNotRemembered(boolean streaming) {
		String value = refusal("Invalid value for 'temperature': must be between 0 and 2", "temperature");
		this.vendors.first.enqueue(refuses(value));
		this.vendors.first.enqueue(Vendors.says("b", streaming));
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			LlmException failure = catchThrowableOfType(LlmException.class,
					() -> ask(llm, (r) -> r.temperature(3.0), streaming));
			assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
			assertThat(ask(llm, (r) -> r.temperature(1.0), streaming).trail().attempts().get(0).leftOut()).isEmpty();
		});
	}

	@WholeAndStreamed
	void refusedValueIsLeftOutAtAHopForThisCallAlone(boolean streaming) {
		String value = refusal("Invalid value for 'temperature': must be between 0 and 1", "temperature");
		for (int i = 0; i < 2; i++) {
			this.vendors.first.enqueue(Vendors.fails("503"));
			this.vendors.second.enqueue(refuses(value));
			this.vendors.second.enqueue(Vendors.says("b", streaming));
		}
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (int i = 0; i < 2; i++) {
				LlmResponse answer = ask(llm, (r) -> r.temperature(1.5), streaming);
				assertThat(answer.text()).isEqualTo("b");
				assertThat(answer.trail().attempts()).hasSize(3);
			}
		});
	}

	@WholeAndStreamed
	void maxTokensAreLoweredAtAHop(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("503"));
		this.vendors.second.enqueue(refuses(refusal("max_tokens is too large: 32000. This model supports at most 16384"
				+ " completion tokens, whereas you provided 32000.", "max_tokens")));
		this.vendors.second.enqueue(Vendors.says("b", streaming));
		runner().run((context) -> {
			assertThat(ask(context.getBean(LlmProvider.class), (r) -> r.maxTokens(32000), streaming).text())
				.isEqualTo("b");
			assertThat(body(this.vendors.second).get("max_tokens").intValue()).isEqualTo(32000);
			assertThat(body(this.vendors.second).get("max_tokens").intValue()).isEqualTo(16384);
		});
	}

	private static String refusal(String type) {
		return switch (type) {
			case "anthropic" ->
				"{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"`temperature` is deprecated for this model.\"}}";
			case "ollama" -> "{\"error\":\"temperature is not supported by this model\"}";
			default -> ONLY_THE_DEFAULT;
		};
	}

	static Stream<Arguments> everyWay() {
		return Stream.of("anthropic", "openai", "ollama")
			.flatMap((type) -> Stream.of(false, true)
				.flatMap((streaming) -> Stream.of(false, true).map((hop) -> Arguments.of(type, streaming, hop))));
	}

	@ParameterizedTest
	@MethodSource("everyWay")
	void everyFormatLearnsFromARefusalAtThePrimaryAndAtAHop(String type, boolean streaming, boolean hop) {
		MockWebServer refusing = hop ? this.vendors.second : this.vendors.first;
		String name = hop ? "second" : "first";
		refusing.enqueue(refuses(refusal(type)));
		for (int i = 0; i < 2; i++) {
			this.vendors.first
				.enqueue(hop ? Vendors.fails("503") : InterimAnswersTests.echo(type, streaming, "a").build());
			this.vendors.second.enqueue(InterimAnswersTests.echo(type, streaming, "a").build());
		}
		runner("arcllm.providers." + name + ".type=" + type).run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			for (int i = 0; i < 2; i++) {
				LlmResponse answer = ask(llm, (r) -> r.temperature(0.2).maxTokens(9), streaming);
				assertThat(answer.provider()).isEqualTo(name);
				assertThat(answer.trail().attempts()).hasSize((hop ? 3 : 2) - i).last().satisfies((attempt) -> {
					assertThat(attempt.leftOut()).containsExactly("temperature");
					assertThat(attempt.error()).isNull();
				});
			}
			assertThat(refusing.takeRequest().getBody().utf8()).contains("temperature");
			for (int i = 0; i < 2; i++) {
				assertThat(refusing.takeRequest().getBody().utf8()).doesNotContain("temperature");
			}
		});
	}

	@WholeAndStreamed
	void limitIsAskedForUnderItsOtherNameAndThatIsRemembered(boolean streaming) {
		String refusal = refusal("Unsupported parameter: 'max_tokens' is not supported with this model. Use"
				+ " 'max_completion_tokens' instead.", "max_tokens");
		this.vendors.first.enqueue(refuses(refusal));
		this.vendors.first.enqueue(Vendors.says("a", streaming));
		this.vendors.first.enqueue(Vendors.says("b", streaming));
		runner("arcllm.providers.first.on-unsupported=refuse").run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			LlmResponse first = ask(llm, (r) -> r.maxTokens(50), streaming);
			assertThat(first.text()).isEqualTo("a");
			assertThat(first.trail().attempts()).extracting(Attempt::leftOut).containsExactly(List.of(), List.of());
			assertThat(ask(llm, (r) -> r.maxTokens(60), streaming).trail().attempts()).hasSize(1);
			assertThat(body(this.vendors.first).get("max_tokens").intValue()).isEqualTo(50);
			for (int most : new int[] { 50, 60 }) {
				JsonNode again = body(this.vendors.first);
				assertThat(again.has("max_tokens")).isFalse();
				assertThat(again.get("max_completion_tokens").intValue()).isEqualTo(most);
			}
		});
	}

	@WholeAndStreamed
	void newNameOfTheLimitThatIsRefusedIsTheOldOne(boolean streaming) {
		this.vendors.first.enqueue(refuses(
				refusal("Unrecognized request argument supplied: max_completion_tokens", "max_completion_tokens")));
		this.vendors.first.enqueue(Vendors.says("a", streaming));
		runner("arcllm.providers.first.model=gpt-5-mini", "arcllm.providers.first.defaults.max-tokens=50")
			.run((context) -> {
				assertThat(ask(context.getBean(LlmProvider.class), (r) -> r, streaming).text()).isEqualTo("a");
				assertThat(body(this.vendors.first).get("max_completion_tokens").intValue()).isEqualTo(50);
				JsonNode again = body(this.vendors.first);
				assertThat(again.has("max_completion_tokens")).isFalse();
				assertThat(again.get("max_tokens").intValue()).isEqualTo(50);
			});
	}

	@WholeAndStreamed
	void limitThatIsRefusedUnderBothNamesIsNotAskedForAThirdTime(boolean streaming) {
		for (String name : List.of("max_tokens", "max_completion_tokens")) {
			this.vendors.first.enqueue(refuses(refusal("Unknown parameter: '" + name + "'.", name)));
		}
		this.vendors.second.enqueue(Vendors.says("b", streaming));
		runner().run((context) -> {
			assertThat(ask(context.getBean(LlmProvider.class), (r) -> r.maxTokens(50), streaming).text())
				.isEqualTo("b");
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(2);
		});
	}

	@WholeAndStreamed
	void refusalInsideASuccessIsLikeAnyOther(boolean streaming) {
		MockResponse.Builder refusal = Vendors.json(200, ONLY_THE_DEFAULT);
		if (streaming) {
			refusal.setHeader("content-type", "text/event-stream").body("data: " + ONLY_THE_DEFAULT + "\n\n");
		}
		this.vendors.first.enqueue(refusal.build());
		this.vendors.first.enqueue(Vendors.says("a", streaming));
		runner().run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), (r) -> r.temperature(0.2), streaming);
			assertThat(answer.text()).isEqualTo("a");
			assertThat(answer.trail().attempts()).extracting(Attempt::leftOut)
				.containsExactly(List.of(), List.of("temperature"));
		});
	}

	@WholeAndStreamed
	void whatMayNotBeLeftOutIsNotAskedAgainAndTheNextTargetIs(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("503"));
		this.vendors.second.enqueue(refuses("{\"error\":{\"message\":\"gemma3:4b does not support tools\"}}"));
		this.vendors.third.enqueue(Vendors.says("c", streaming));
		runner().run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class), (r) -> r.tools(Tool.of("f", "", Map.of())),
					streaming);
			assertThat(answer.text()).isEqualTo("c");
			assertThat(answer.trail().attempts()).extracting(Attempt::error)
				.containsExactly(ErrorKind.OVERLOADED, ErrorKind.UNSUPPORTED, null);
		});
	}

	@WholeAndStreamed
	void primaryThatIsToldToRefuseIsNotAskedAgain(boolean streaming) {
		this.vendors.first.enqueue(refuses(ONLY_THE_DEFAULT));
		this.vendors.second.enqueue(Vendors.says("b", streaming));
		runner("arcllm.providers.first.on-unsupported=refuse").run((context) -> assertThat(
				ask(context.getBean(LlmProvider.class), (r) -> r.temperature(0.2), streaming).text())
			.isEqualTo("b"));
	}

	@WholeAndStreamed
	void vendorThatDoesNotStreamIsAskedForTheWholeAnswer(boolean streaming) {
		if (streaming) {
			this.vendors.first
				.enqueue(refuses(refusal("Your organization must be verified to stream this model.", "stream")));
		}
		this.vendors.first.enqueue(Vendors.says("a word", false));
		this.vendors.first.enqueue(Vendors.says("a word", false));
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			assertThat(ask(llm, (r) -> r, streaming).text()).isEqualTo("a word");
			LlmRequest request = LlmRequest.of("hi").withStreaming(streaming);
			List<LlmEvent> events = llm.exchange(request).collectList().block(Duration.ofSeconds(20));
			assertThat(events).hasSize(streaming ? 2 : 1);
			assertThat(events.get(events.size() - 1)).isInstanceOf(LlmEvent.Completed.class);
			assertThat(this.vendors.first.getRequestCount()).isEqualTo(streaming ? 3 : 2);
		});
	}

	@WholeAndStreamed
	void modelThatIsConfiguredNotToStreamIsAskedForTheWholeAnswer(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("a word", false));
		runner("arcllm.providers.first.models[0].name=m0",
				"arcllm.providers.first.models[0].unsupported=streaming,seed")
			.run((context) -> {
				LlmRequest request = LlmRequest.of("hi").withStreaming(streaming);
				List<LlmEvent> events = context.getBean(LlmProvider.class)
					.exchange(request)
					.collectList()
					.block(Duration.ofSeconds(20));
				assertThat(events).hasSize(streaming ? 2 : 1);
				assertThat(body(this.vendors.first).has("stream")).isFalse();
			});
	}

	private static final String WANTS_ADAPTIVE = "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
			+ "\"\\\"thinking.type.enabled\\\" is not supported for this model. Use \\\"thinking.type.adaptive\\\" and"
			+ " \\\"output_config.effort\\\" to control thinking behavior.\"}}";

	private static final String WANTS_A_BUDGET = "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
			+ "\"adaptive thinking is not supported on this model\"}}";

	@ParameterizedTest
	@MethodSource("everyWay")
	void thinkingThatIsRefusedInOneFormIsAskedForInTheOther(String type, boolean streaming, boolean hop) {
		boolean adaptive = type.equals("openai");
		if (type.equals("ollama")) {
			return;
		}
		MockWebServer refusing = hop ? this.vendors.second : this.vendors.first;
		String name = hop ? "second" : "first";
		refusing.enqueue(refuses(adaptive ? WANTS_ADAPTIVE : WANTS_A_BUDGET));
		for (int i = 0; i < 2; i++) {
			this.vendors.first
				.enqueue(hop ? Vendors.fails("503") : InterimAnswersTests.echo("anthropic", streaming, "a").build());
			this.vendors.second.enqueue(InterimAnswersTests.echo("anthropic", streaming, "a").build());
		}
		runner("arcllm.providers." + name + ".type=anthropic", "arcllm.providers." + name + ".on-unsupported=refuse",
				"arcllm.providers." + name + ".model=" + (adaptive ? "opus" : "claude-opus-4-8"))
			.run((context) -> {
				for (int i = 0; i < 2; i++) {
					LlmResponse answer = ask(context.getBean(LlmProvider.class),
							(r) -> r.reasoningEffort(ReasoningEffort.MEDIUM), streaming);
					assertThat(answer.provider()).isEqualTo(name);
					assertThat(answer.trail().attempts()).hasSize((hop ? 3 : 2) - i)
						.allSatisfy((attempt) -> assertThat(attempt.leftOut()).isEmpty());
				}
				List<JsonNode> thinking = List.of(body(refusing).get("thinking"), body(refusing).get("thinking"),
						body(refusing).get("thinking"));
				assertThat(thinking).extracting((one) -> one.get("type").stringValue())
					.containsExactly(adaptive ? "enabled" : "adaptive", adaptive ? "adaptive" : "enabled",
							adaptive ? "adaptive" : "enabled");
			});
	}

	@WholeAndStreamed
	void thinkingThatIsRefusedInBothFormsIsLeftOutAfterwards(boolean streaming) {
		this.vendors.first.enqueue(refuses(WANTS_ADAPTIVE));
		this.vendors.first.enqueue(refuses(WANTS_A_BUDGET));
		this.vendors.second.enqueue(Vendors.says("b", streaming));
		this.vendors.first.enqueue(InterimAnswersTests.echo("anthropic", streaming, "a").build());
		runner("arcllm.providers.first.type=anthropic").run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			assertThat(ask(llm, (r) -> r.reasoningEffort(ReasoningEffort.LOW), streaming).provider())
				.isEqualTo("second");
			assertThat(ask(llm, (r) -> r.reasoningEffort(ReasoningEffort.LOW), streaming).trail().attempts())
				.singleElement()
				.satisfies((attempt) -> assertThat(attempt.leftOut()).containsExactly("reasoning-effort"));
		});
	}

	@WholeAndStreamed
	void formThatTheCallerWroteIsLeftOutAndNotTranslated(boolean streaming) {
		this.vendors.first.enqueue(refuses(WANTS_ADAPTIVE));
		this.vendors.first.enqueue(InterimAnswersTests.echo("anthropic", streaming, "a").build());
		runner("arcllm.providers.first.type=anthropic").run((context) -> {
			LlmResponse answer = ask(context.getBean(LlmProvider.class),
					(r) -> r.options(Map.of("thinking", Map.of("type", "enabled", "budget_tokens", 2000))), streaming);
			assertThat(answer.trail().attempts()).last()
				.satisfies((attempt) -> assertThat(attempt.leftOut()).containsExactly("reasoning-effort"));
		});
	}

	@WholeAndStreamed
	void levelOfThinkingThatIsRefusedIsSwitchedOnAtOllama(boolean streaming) {
		this.vendors.first
			.enqueue(refuses("{\"error\":\"think value \\\"medium\\\" is not supported for this model\"}"));
		this.vendors.first.enqueue(InterimAnswersTests.echo("ollama", streaming, "a").build());
		runner("arcllm.providers.first.type=ollama", "arcllm.providers.first.model=gpt-oss-distilled")
			.run((context) -> {
				ask(context.getBean(LlmProvider.class), (r) -> r.reasoningEffort(ReasoningEffort.MEDIUM), streaming);
				assertThat(body(this.vendors.first).get("think").stringValue()).isEqualTo("medium");
				assertThat(body(this.vendors.first).get("think").booleanValue()).isTrue();
			});
	}

	@WholeAndStreamed
	void routerWithoutAHostThatTakesToolsIsPassedOver(boolean streaming) {
		this.vendors.first.enqueue(Vendors
			.json(404,
					"{\"error\":{\"message\":\"No endpoints found that support tool use. To learn more about provider"
							+ " routing, visit: https://openrouter.ai/docs/provider-routing\",\"code\":404}}")
			.build());
		this.vendors.second.enqueue(Vendors.says("b", streaming));
		runner().run((context) -> {
			Attempt refused = ask(context.getBean(LlmProvider.class), (r) -> r.tools(Tool.of("f", "", Map.of())),
					streaming)
				.trail()
				.attempts()
				.get(0);
			assertThat(refused.error()).isEqualTo(ErrorKind.UNSUPPORTED);
		});
	}

}
