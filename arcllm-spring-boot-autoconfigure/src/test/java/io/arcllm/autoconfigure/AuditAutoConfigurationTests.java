package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.arcllm.AuditRecord;
import io.arcllm.AuditSink;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.PiiDetector;
import io.arcllm.RequestMetadata;
import io.arcllm.RequestMetadataResolver;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.stack.ShutdownLifecycle;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Audit in stacks.
 */
class AuditAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class,
				ArcllmAuditAutoConfiguration.class, ArcllmRedactionAutoConfiguration.class))
		.withBean("echo", LlmProvider.class,
				() -> LlmProvider.of("echo", (request) -> LlmResponse.of("to bob@example.com")))
		.withPropertyValues("arcllm.provider=echo", "arcllm.modules.audit.enabled=true",
				"arcllm.modules.audit.include-messages=true", "arcllm.modules.audit.include-response=true");

	private final List<AuditRecord> records = new CopyOnWriteArrayList<>();

	@Test
	void recordsOfAClosedApplicationAreWrittenWithoutWhatRedactionTakesOut() {
		this.runner.withBean(AuditSink.class, () -> this.records::add)
			.withPropertyValues("arcllm.modules.redaction.enabled=true")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).load("echo");
				assertThat(llm.toString()).startsWith("Redaction(Audit(");
				assertThat(llm.invoke("I am ann@example.com").text()).isEqualTo("to [EMAIL]");
			});
		assertThat(this.records).singleElement()
			.satisfies((record) -> assertThat(record.json()).contains("I am [EMAIL]", "to [EMAIL]")
				.doesNotContain("example.com"));
	}

	@WholeAndStreamed
	void callsThatEndOutsideOfAuditAreRecordedWithoutContent(boolean streaming) {
		LlmRequest request = LlmRequest.builder()
			.messages(Message.user("I am ann@example.com"))
			.metadata(new RequestMetadata("acme", null, Map.of()))
			.streaming(streaming)
			.build();
		this.runner.withBean(AuditSink.class, () -> this.records::add)
			.withBean("doorkeeper", LlmModule.class, Doorkeeper::new)
			.withBean(PiiDetector.class, Broken::new)
			.withPropertyValues("arcllm.modules.redaction.enabled=true",
					"arcllm.modules.order=doorkeeper,redaction,audit,fallback")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).load("echo");
				assertThat(llm.toString()).startsWith("Doorkeeper(Redaction(Audit(");
				assertThat(Outcome.of(llm.exchange(request)).kind()).isEqualTo(ErrorKind.PERMISSION);
				assertThat(
						Outcome.of(llm.exchange(request.mutate().messages(Message.user("let me in")).build())).kind())
					.isEqualTo(ErrorKind.CONTENT_POLICY);
				context.getBean(ShutdownLifecycle.class).stop();
				assertThat(Outcome.of(llm.exchange(request)).kind()).isEqualTo(ErrorKind.CANCELLED);
			});
		assertThat(this.records).extracting(AuditRecord::outcome)
			.containsExactly("failed:permission", "failed:content-policy", "failed:cancelled");
		assertThat(this.records).allSatisfy((record) -> {
			assertThat(record.tenant()).isEqualTo("acme");
			assertThat(record.json()).contains("\"messages\":[]").doesNotContain("example.com");
		});
	}

	@WholeAndStreamed
	void callsThatCannotBeginAreRecorded(boolean streaming) {
		LlmRequest request = LlmRequest.of("hi")
			.withStreaming(streaming)
			.mutate()
			.metadata(new RequestMetadata("acme", "s1", Map.of()))
			.build();
		this.runner.withBean(AuditSink.class, () -> this.records::add)
			.withBean(RequestMetadataResolver.class, () -> (context) -> {
				if (context.hasKey("nobody")) {
					throw new IllegalStateException("nobody");
				}
				return new RequestMetadata("other", null, Map.of("team", "red"));
			})
			.withPropertyValues("arcllm.providers.one.type=openai", "arcllm.providers.one.base-url=http://localhost:1/",
					"arcllm.providers.one.model=shared", "arcllm.providers.two.type=openai",
					"arcllm.providers.two.base-url=http://localhost:1/", "arcllm.providers.two.model=shared")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).load("echo");
				assertThat(failure(llm, with(request, (o) -> o.chain("nope")))).isInstanceOf(LlmConfigException.class);
				assertThat(failure(llm, with(request, (o) -> o.module("retry", Map.of("max-retries", -1)))))
					.isInstanceOf(LlmConfigException.class);
				assertThat(failure(llm, request.withModel("shared"))).hasMessageContaining("several providers");
				assertThat(Outcome.of(llm.exchange(request).contextWrite(Context.of("nobody", true))).kind())
					.isEqualTo(ErrorKind.INVALID_REQUEST);
				assertThat(failure(llm, with(request, (o) -> o.chain("nope").module("audit", false)))).isNotNull();
			});
		assertThat(this.records).extracting(AuditRecord::outcome)
			.containsExactly("failed:invalid-request", "failed:invalid-request", "failed:model-not-found",
					"failed:invalid-request");
		assertThat(this.records).allSatisfy((record) -> {
			assertThat(record.tenant()).isEqualTo("acme");
			assertThat(record.session()).isEqualTo("s1");
			assertThat(record.json()).contains("\"attempts\":[]", "\"messages\":[]");
		});
		assertThat(this.records.get(0).json()).contains("\"team\":\"red\"");
	}

	@Test
	void auditThatOneCallSwitchesOnRecordsThatItsStackCannotBeMade() {
		this.runner.withBean(AuditSink.class, () -> this.records::add)
			.withPropertyValues("arcllm.modules.audit.enabled=false")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).load("echo");
				LlmRequest request = LlmRequest.of("hi");
				assertThat(failure(llm, with(request, (o) -> o.chain("nope")))).isNotNull();
				assertThat(this.records).isEmpty();
				assertThat(failure(llm, with(request, (o) -> o.chain("nope").module("audit", true)))).isNotNull();
			});
		assertThat(this.records).singleElement().extracting(AuditRecord::outcome).isEqualTo("failed:invalid-request");
	}

	private static LlmRequest with(LlmRequest request, UnaryOperator<CallOptions.Builder> options) {
		return request.mutate().callOptions(options.apply(CallOptions.builder()).build()).build();
	}

	private static @Nullable Throwable failure(LlmProvider llm, LlmRequest request) {
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		llm.exchange(request).doOnError(failure::set).onErrorComplete().blockLast(Duration.ofSeconds(10));
		return failure.get();
	}

	@WholeAndStreamed
	void answerFromTheCacheIsRecordedAsOne(boolean streaming) {
		LlmRequest request = LlmRequest.builder()
			.messages(Message.user("hi"))
			.temperature(0.0)
			.streaming(streaming)
			.build();
		this.runner.withConfiguration(AutoConfigurations.of(ArcllmCacheAutoConfiguration.class))
			.withBean(AuditSink.class, () -> this.records::add)
			.withPropertyValues("arcllm.modules.cache.enabled=true")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).load("echo");
				llm.exchange(request).blockLast(Duration.ofSeconds(10));
				llm.exchange(request).blockLast(Duration.ofSeconds(10));
			});
		assertThat(this.records).extracting(AuditRecord::outcome).containsExactly("completed", "cached");
		assertThat(this.records.get(1).json()).contains("\"answered\":\"echo\"", "\"outcome\":\"cached\"",
				"\"cost\":{\"amount\":0,\"currency\":\"USD\"}");
	}

	private static final class Doorkeeper implements LlmModule {

		@Override
		public LlmProvider around(LlmProvider inner) {
			return new BaseModule(inner) {

				@Override
				public Flux<LlmEvent> exchange(LlmRequest request) {
					return request.messages().get(0).text().equals("let me in") ? this.inner.exchange(request)
							: Flux.error(LlmException.of(ErrorKind.PERMISSION, "No").build());
				}

				@Override
				public String toString() {
					return "Doorkeeper(" + this.inner + ")";
				}

			};
		}

	}

	private static final class Broken implements PiiDetector {

		@Override
		public String type() {
			return "broken";
		}

		@Override
		public List<Span> find(CharSequence text) {
			throw new IllegalStateException("broken");
		}

	}

	@Test
	void recordsAreEventsWhereThatIsSaid() {
		this.runner.withPropertyValues("arcllm.modules.audit.sink=event")
			.withInitializer((context) -> context.addApplicationListener((event) -> {
				if (event instanceof org.springframework.context.PayloadApplicationEvent<?> payload
						&& payload.getPayload() instanceof AuditRecord record) {
					this.records.add(record);
				}
			}))
			.run((context) -> context.getBean(LlmProviders.class).load("echo").invoke("hi"));
		assertThat(this.records).singleElement().extracting(AuditRecord::outcome).isEqualTo("completed");
	}

}
