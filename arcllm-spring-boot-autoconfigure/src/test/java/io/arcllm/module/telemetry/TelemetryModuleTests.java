package io.arcllm.module.telemetry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.ResponseFormat;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.Script;
import io.arcllm.module.TestProvider;
import io.arcllm.module.TestSettings;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.retry.LlmBackOffPolicy;
import io.arcllm.module.retry.LlmRetryPolicy;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetryEngine;
import io.arcllm.module.retry.RetryModule;
import io.arcllm.module.retry.RetrySettings;
import io.arcllm.module.telemetry.LlmObservationContext.Level;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Observations of calls and attempts.
 */
class TelemetryModuleTests {

	private final List<LlmObservationContext> stopped = new CopyOnWriteArrayList<>();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final Observations observations = new Observations(this.registry,
			new ModelTags(List.of(new Script("v").target())));

	TelemetryModuleTests() {
		this.registry.observationConfig().observationHandler(new ObservationHandler<LlmObservationContext>() {

			@Override
			public void onStop(LlmObservationContext context) {
				TelemetryModuleTests.this.stopped.add(context);
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return context instanceof LlmObservationContext;
			}

		});
	}

	private LlmProvider stack(Script vendor, int retries) {
		LlmProvider attempt = new TelemetryModule.AttemptTelemetryModule(vendor.guarded(), vendor.target(),
				this.observations);
		RetrySettings settings = TestSettings.of(RetrySettings.class, "max-retries", retries, "backoff-base", "0s");
		RetryEngine engine = new RetryEngine(new LlmRetryPolicy(settings), new LlmBackOffPolicy(settings),
				new RetryBudget(settings.budget(), () -> 0), settings.maxWaitWithOthers());
		return new TelemetryModule(new RetryModule(attempt, engine), vendor.target(), this.observations);
	}

	@WholeAndStreamed
	void callIsOneObservationAroundOneForEachAttempt(boolean streaming) {
		Script vendor = new Script("v", Script.fails(ErrorKind.SERVER_ERROR), Script.says("Hello"));
		LlmProvider stack = stack(vendor, 1);
		LlmRequest request = LlmRequest.of("Hi").withStreaming(streaming);
		assertThat(stack.exchange(request).blockLast().answer().text()).isEqualTo("Hello");
		assertThat(this.stopped).extracting(LlmObservationContext::level)
			.containsExactly(Level.ATTEMPT, Level.ATTEMPT, Level.CALL);
		assertThat(this.stopped.get(0).getError()).isNotNull();
		assertThat(this.stopped.get(2).getError()).isNull();
		assertThat(this.stopped.get(2).response().text()).isEqualTo("Hello");
		assertThat(this.stopped.subList(0, 2)).extracting((one) -> one.getParentObservation().getContextView())
			.containsOnly(this.stopped.get(2));
	}

	@WholeAndStreamed
	void callThatFailsHasItsKind(boolean streaming) {
		Script vendor = new Script("v", Script.fails(ErrorKind.AUTHENTICATION));
		Outcome outcome = Outcome.of(stack(vendor, 1).exchange(LlmRequest.of("Hi").withStreaming(streaming)));
		assertThat(outcome.kind()).isEqualTo(ErrorKind.AUTHENTICATION);
		assertThat(this.stopped).hasSize(2)
			.allSatisfy((one) -> assertThat(one.getLowCardinalityKeyValue("error.type").getValue())
				.isEqualToIgnoringCase("authentication"));
	}

	@WholeAndStreamed
	void spansHaveTheParametersOfTheRequest(boolean streaming) {
		Script vendor = new Script("v", Script.says("Hello"));
		stack(vendor, 0)
			.exchange(LlmRequest.of("Hi")
				.mutate()
				.streaming(streaming)
				.maxTokens(7)
				.temperature(0.0)
				.responseFormat(ResponseFormat.JSON)
				.build())
			.blockLast();
		assertThat(this.stopped).hasSize(2).allSatisfy((one) -> {
			assertThat(value(one, "gen_ai.request.stream")).isEqualTo(streaming ? "true" : null);
			assertThat(value(one, "gen_ai.request.max_tokens")).isEqualTo("7");
			assertThat(value(one, "gen_ai.request.temperature")).isEqualTo("0.0");
			assertThat(value(one, "gen_ai.request.top_p")).isNull();
			assertThat(value(one, "gen_ai.output.type")).isEqualTo("json");
			assertThat(value(one, "gen_ai.response.finish_reasons")).isEqualTo("end_turn");
		});
	}

	@Test
	void answerThatBreaksOffFinishesWithError() {
		TestProvider vendor = new TestProvider();
		Flux<LlmEvent> answer = new TelemetryModule(new ContractModule(vendor, new Script("v").target()),
				new Script("v").target(), this.observations)
			.stream(LlmRequest.of("Hi"));
		Outcome outcome = Outcome.of(answer, new Call(Call.FOREVER, 1));
		vendor.say(0, "Hel");
		vendor.fail(0, new IllegalStateException("connection lost"));
		assertThat(outcome.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(this.stopped).singleElement()
			.satisfies((one) -> assertThat(value(one, "gen_ai.response.finish_reasons")).isEqualTo("error"))
			.satisfies((one) -> assertThat(value(one, "error.type")).isEqualTo("interrupted"));
	}

	private static String value(LlmObservationContext context, String key) {
		return context.getAllKeyValues()
			.stream()
			.filter((one) -> one.getKey().equals(key))
			.map(KeyValue::getValue)
			.findFirst()
			.orElse(null);
	}

	@Test
	void observationEndsOnceWhereTheCallerGoesAway() {
		TestProvider vendor = new TestProvider();
		Flux<LlmEvent> answer = new TelemetryModule(new ContractModule(vendor, new Script("v").target()),
				new Script("v").target(), this.observations)
			.stream(LlmRequest.of("Hi"));
		Outcome outcome = Outcome.of(answer, new Call(Call.FOREVER, 1));
		vendor.say(0, "Hel");
		outcome.cancel();
		outcome.cancel();
		assertThat(this.stopped).singleElement()
			.satisfies((one) -> assertThat(one.isCancelled()).isTrue())
			.satisfies((one) -> assertThat(one.getError()).isNull());
	}

	@Test
	void observationHasEndedWhenTheAnswerIsThere() {
		Script vendor = new Script("v", Script.says("Hello"));
		List<Integer> ended = new CopyOnWriteArrayList<>();
		stack(vendor, 0).exchange(LlmRequest.of("Hi"))
			.doOnNext((event) -> ended.add((event.answer() == null) ? 0 : this.stopped.size()))
			.blockLast();
		assertThat(ended).last().isEqualTo(2);
	}

}
