package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.arcllm.AuditRecord;
import io.arcllm.AuditSink;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Cache, budget, audit and redaction are on and off where that is said: for all, for one
 * provider, for one call, and from a refresh on; and they do their work also where the
 * second target answers.
 */
@Timeout(60)
class ModulePlacesTests {

	private static final String CANARY = "ann@example.com";

	@AutoClose
	private final Vendors vendors = new Vendors();

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private final List<AuditRecord> records = new CopyOnWriteArrayList<>();

	private volatile boolean down;

	private int calls;

	private int recorded;

	@BeforeEach
	void answer() {
		this.vendors.first.setDispatcher(new Answers(true));
		this.vendors.second.setDispatcher(new Answers(false));
	}

	/** Answers each request, unless it is the first vendor and that is down. */
	private final class Answers extends Dispatcher {

		private final boolean first;

		Answers(boolean first) {
			this.first = first;
		}

		@Override
		public MockResponse dispatch(RecordedRequest request) {
			String body = (request.getBody() == null) ? "" : request.getBody().utf8();
			ModulePlacesTests.this.asked.add(body);
			return (this.first && ModulePlacesTests.this.down) ? Vendors.fails("500")
					: Vendors.says("Hi", body.contains("\"stream\":true"));
		}

	}

	static Stream<Arguments> modules() {
		return Stream.of("cache", "budget", "audit", "redaction")
			.flatMap((module) -> Stream.of(Arguments.of(module, false), Arguments.of(module, true)));
	}

	private ApplicationContextRunner runner(String... properties) {
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmCacheAutoConfiguration.class,
					ArcllmBudgetAutoConfiguration.class, ArcllmAuditAutoConfiguration.class,
					ArcllmRedactionAutoConfiguration.class, ArcllmRefreshAutoConfiguration.class))
			.withBean(AuditSink.class, () -> this.records::add)
			.withPropertyValues("arcllm.lint=off", "arcllm.modules.budget.unknown-price=allow",
					"arcllm.modules.budget.limits[0].amount=0", "arcllm.modules.audit.on-sink-failure=refuse",
					"arcllm.modules.audit.queue=1000")
			.withPropertyValues(properties);
	}

	private LlmRequest request(boolean streaming, CallOptions options, boolean on) {
		return LlmRequest.of("I am " + CANARY + " " + this.calls++)
			.mutate()
			.temperature(0.0)
			.streaming(streaming)
			.metadata(RequestMetadata.ofTenant(on ? "on" : "off"))
			.callOptions(options)
			.build();
	}

	/** The module does its work for this call, or does not. Audit is looked at later. */
	private void expect(boolean on, String module, LlmProvider llm, boolean streaming, CallOptions options) {
		LlmRequest request = request(streaming, options, on);
		LlmException refusal = catchThrowableOfType(LlmException.class, () -> ask(llm, request));
		assertThat(refusal != null).as("%s on: %s", module, on).isEqualTo(on && module.equals("budget"));
		switch (module) {
			case "cache" -> assertThat(ask(llm, request).age() != null).as("kept").isEqualTo(on);
			case "budget" -> {
				if (refusal != null) {
					assertThat(refusal.kind()).isEqualTo(ErrorKind.BUDGET_EXCEEDED);
				}
			}
			case "redaction" ->
				assertThat(this.asked.get(this.asked.size() - 1).contains(CANARY)).as("sent").isNotEqualTo(on);
			default -> this.recorded += on ? 1 : 0;
		}
	}

	private void expect(boolean on, String module, LlmProvider llm, boolean streaming) {
		expect(on, module, llm, streaming, CallOptions.NONE);
	}

	/** After the application has ended, which writes what is queued. */
	private void assertRecorded() {
		assertThat(this.records).hasSize(this.recorded)
			.allSatisfy((record) -> assertThat(record.tenant()).isEqualTo("on"));
	}

	private static LlmResponse ask(LlmProvider llm, LlmRequest request) {
		return llm.exchange(request).blockLast(Duration.ofSeconds(20)).answer();
	}

	private static CallOptions switched(String module, boolean on) {
		return CallOptions.builder().module(module, on).build();
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("modules")
	void isOnForOneProviderOrForAllButOne(String module, boolean streaming) {
		runner("arcllm.providers.first.modules." + module + ".enabled=true").run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			expect(true, module, providers.load("first"), streaming);
			expect(false, module, providers.load("second"), streaming);
		});
		assertRecorded();
		runner("arcllm.modules." + module + ".enabled=true",
				"arcllm.providers.first.modules." + module + ".enabled=false")
			.run((context) -> {
				LlmProviders providers = context.getBean(LlmProviders.class);
				expect(false, module, providers.load("first"), streaming);
				expect(true, module, providers.load("second"), streaming);
			});
		assertRecorded();
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("modules")
	void isOnOrOffForOneCallOrALoadedProvider(String module, boolean streaming) {
		runner().run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			expect(true, module, providers.primary(), streaming, switched(module, true));
			expect(false, module, providers.primary(), streaming);
			expect(true, module, providers.load("first", (options) -> options.module(module, true)), streaming);
		});
		assertRecorded();
		runner("arcllm.modules." + module + ".enabled=true").run((context) -> {
			LlmProviders providers = context.getBean(LlmProviders.class);
			expect(false, module, providers.primary(), streaming, switched(module, false));
			expect(true, module, providers.primary(), streaming);
			expect(false, module, providers.load("first", (options) -> options.module(module, false)), streaming);
		});
		assertRecorded();
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("modules")
	void isOnAndOffFromARefreshOn(String module, boolean streaming) {
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			expect(false, module, llm, streaming);
			set(context, "arcllm.modules." + module + ".enabled=true");
			expect(true, module, llm, streaming);
			set(context, "arcllm.modules." + module + ".enabled=false");
			expect(false, module, llm, streaming);
		});
		assertRecorded();
	}

	private void set(AssertableApplicationContext context, String pair) {
		TestPropertyValues.of(pair).applyTo(context.getSourceApplicationContext());
		context.publishEvent(new EnvironmentChangeEvent(this));
	}

	@ParameterizedTest(name = "{0}, streamed: {1}")
	@MethodSource("modules")
	void worksWhereTheNextTargetAnswers(String module, boolean streaming) {
		this.down = true;
		runner("arcllm.modules." + module + ".enabled=true", "arcllm.modules.cache.cache-fallback=true",
				"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second")
			.run((context) -> expect(true, module, context.getBean(LlmProvider.class), streaming));
		assertRecorded();
		if (module.equals("audit")) {
			assertThat(this.records.get(0).answered().provider()).isEqualTo("second");
		}
	}

}
