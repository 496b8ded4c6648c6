package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.actuator.Decisions;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.provider.key.ApiKeySupplier;
import io.arcllm.provider.key.KeyPool.State;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Keys as an application has them.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class KeysAutoConfigurationTests {

	@StartStop
	final MockWebServer server = PromptServers.create();

	@StartStop
	final MockWebServer otherServer = PromptServers.create();

	private Vendor vendor;

	private Vendor other;

	@BeforeEach
	void vendors() {
		this.vendor = Vendor.on(this.server);
		this.other = Vendor.on(this.otherServer);
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.provider=openai", "arcllm.providers.openai.base-url=" + this.server.url("/v1"),
					"arcllm.providers.openai.model=m", "arcllm.providers.groq.model=m",
					"arcllm.providers.groq.base-url=" + this.otherServer.url("/v1"));
	}

	private ApplicationContextRunner pool() {
		return runner().withPropertyValues("arcllm.providers.openai.api-keys=canary-a, canary-b");
	}

	@WholeAndStreamed
	void nextKeyIsUsedAtOnceAfterARateLimit(boolean streamed) {
		this.vendor
			.answer((key) -> key.equals("canary-a") ? Vendor.error(429).addHeader("retry-after", "60").build() : null);
		pool().run((context) -> {
			LlmResponse answer = ask(context, streamed);
			assertThat(answer.trail().attempts()).extracting((attempt) -> attempt.error())
				.containsExactly(ErrorKind.RATE_LIMITED, null);
			assertThat(answer.trail().attempts().get(1).waited()).isZero();
			ask(context, streamed);
			ask(context, streamed);
			assertThat(this.vendor.keys()).containsExactly("canary-a", "canary-b", "canary-b", "canary-b");
			assertThat(states(context)).containsExactly(State.PAUSED, State.READY);
		});
	}

	@WholeAndStreamed
	void refusedKeyIsOut(boolean streamed) {
		this.vendor.answer((key) -> key.equals("canary-a") ? Vendor.error(401).build() : null);
		pool().run((context) -> {
			ask(context, streamed);
			ask(context, streamed);
			assertThat(this.vendor.keys()).containsExactly("canary-a", "canary-b", "canary-b");
			assertThat(states(context)).containsExactly(State.OUT, State.READY);
		});
	}

	@WholeAndStreamed
	void breakerOpensForAnExhaustedQuotaOnlyWhenNoKeyIsLeft(boolean streamed) {
		this.vendor.answer((key) -> key.equals("canary-a") ? Vendor.error(402).build() : null);
		pool().withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.circuit-breaker.enabled=true")
			.run((context) -> {
				ask(context, streamed);
				ask(context, streamed);
				assertThat(this.vendor.keys()).containsExactly("canary-a", "canary-b", "canary-b");
				this.vendor.fail(402);
				assertThat(failure(context, streamed).kind()).isEqualTo(ErrorKind.QUOTA_EXHAUSTED);
				assertThat(failure(context, streamed).kind()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
				assertThat(this.vendor.keys()).hasSize(4);
			});
	}

	@WholeAndStreamed
	void callFailsWhenAllKeysAreOutAndEachIsTriedOnce(boolean streamed) {
		this.vendor.fail(401);
		pool().run((context) -> {
			assertThat(failure(context, streamed).kind()).isEqualTo(ErrorKind.AUTHENTICATION);
			assertThat(this.vendor.keys()).containsExactly("canary-a", "canary-b");
			assertThat(states(context)).containsExactly(State.OUT, State.OUT);
		});
	}

	@WholeAndStreamed
	void chainGoesOnWhenAllKeysAreRefused(boolean streamed) {
		this.vendor.fail(429);
		pool()
			.withPropertyValues("arcllm.providers.groq.api-key=canary-g", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=groq")
			.run((context) -> {
				assertThat(ask(context, streamed).provider()).isEqualTo("groq");
				assertThat(this.vendor.asked()).isEqualTo(2);
			});
	}

	@WholeAndStreamed
	void permissionIsNotTheKeysFault(boolean streamed) {
		this.vendor.fail(403);
		pool().run((context) -> {
			assertThat(failure(context, streamed).kind()).isEqualTo(ErrorKind.PERMISSION);
			assertThat(this.vendor.asked()).isEqualTo(1);
		});
	}

	@Test
	void keysDoNotUseUpMoreAttemptsThanACallHas() {
		this.vendor.fail(401);
		pool().withPropertyValues("arcllm.max-attempts=1").run((context) -> {
			failure(context, false);
			assertThat(this.vendor.asked()).isEqualTo(1);
		});
	}

	@WholeAndStreamed
	void keyIsBroughtOnceMoreWhenItIsRefusedAndNeverOnAnEventLoop(boolean streamed) {
		this.vendor.answer((key) -> key.equals("canary-2") ? null : Vendor.error(401).build());
		Supplying bean = new Supplying();
		runner().withBean(ApiKeySupplier.class, () -> bean).run((context) -> {
			LlmRequest request = LlmRequest.of("Hi").withStreaming(streamed);
			LlmEvent last = context.getBean(LlmProvider.class)
				.exchange(request)
				.subscribeOn(Schedulers.parallel())
				.blockLast(Duration.ofSeconds(10));
			assertThat(Objects.requireNonNull(last).answer()).isNotNull();
			ask(context, streamed);
			assertThat(this.vendor.keys()).containsExactly("canary-1", "canary-2", "canary-2");
			assertThat(bean.onEventLoop).containsExactly(false, false);
		});
	}

	@WholeAndStreamed
	void supplierIsNotAskedForEverWhenAllItsKeysAreRefused(boolean streamed) {
		this.vendor.fail(401);
		Supplying bean = new Supplying();
		runner().withBean(ApiKeySupplier.class, () -> bean).run((context) -> {
			assertThat(failure(context, streamed).kind()).isEqualTo(ErrorKind.AUTHENTICATION);
			assertThat(failure(context, streamed).kind()).isEqualTo(ErrorKind.AUTHENTICATION);
			assertThat(this.vendor.keys()).containsExactly("canary-1", "canary-2", "canary-2");
		});
	}

	@WholeAndStreamed
	void providerWhoseKeyIsBroughtIsAskedInAChain(boolean streamed) {
		this.vendor.fail(500);
		runner().withBean(ApiKeySupplier.class, Supplying::new)
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=groq")
			.run((context) -> assertThat(ask(context, streamed).provider()).isEqualTo("groq"));
	}

	@WholeAndStreamed
	void chainGoesOnWhenNoKeyCanBeBrought(boolean streamed) {
		ApiKeySupplier vault = (provider) -> {
			if (provider.equals("openai")) {
				throw new IllegalStateException("vault is sealed");
			}
			return "canary-g";
		};
		runner().withBean(ApiKeySupplier.class, () -> vault)
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=groq")
			.run((context) -> assertThat(ask(context, streamed).provider()).isEqualTo("groq"));
	}

	@Test
	void vaultIsNotAskedWhetherAProviderCouldBeUsed() {
		Supplying vault = new Supplying();
		runner().withBean(ApiKeySupplier.class, () -> vault).run((context) -> {
			assertThat(context.getBean(LlmProvider.class).validateConfig()).isTrue();
			assertThat(vault.asked).hasValue(0);
		});
	}

	@WholeAndStreamed
	void keysAreNowhereToBeSeen(boolean streamed, CapturedOutput output) {
		Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
		Level usual = root.getLevel();
		root.setLevel(Level.TRACE);
		try {
			keysAreNowhereToBeSeen(streamed);
		}
		finally {
			root.setLevel(usual);
		}
		assertThat(output.getAll()).contains(" TRACE ").doesNotContain("canary");
	}

	private void keysAreNowhereToBeSeen(boolean streamed) {
		this.vendor.answer((key) -> Vendor.error(401)
			.body("{\"error\":{\"message\":\"Incorrect API key provided: " + key + "\"}}")
			.build());
		pool()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=groq",
					"arcllm.providers.groq.api-key=canary-g")
			.run((context) -> {
				this.other.fail(500);
				LlmException failure = failure(context, streamed);
				for (Throwable one = failure; one != null; one = one.getCause()) {
					assertThat(one.toString()).doesNotContain("canary");
				}
				assertThat(failure.others()).allSatisfy((one) -> assertThat(one.toString()).doesNotContain("canary"));
				assertThat(failure.trail().toString()).doesNotContain("canary");
				for (String name : context.getBeanDefinitionNames()) {
					if (name.contains("arcllm") || name.endsWith("LlmProvider")) {
						assertThat(String.valueOf(context.getBean(name))).as(name).doesNotContain("canary");
					}
				}
				assertThat(String.valueOf(context.getBean(Targets.class).keys("openai"))).doesNotContain("canary");
				assertThat(context.getBean(Decisions.class).recent().toString()).doesNotContain("canary");
				assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
					.noneMatch((name) -> name.contains("canary"));
			});
	}

	private static List<State> states(AssertableApplicationContext context) {
		return Objects.requireNonNull(context.getBean(Targets.class).keys("openai")).states();
	}

	private static LlmException failure(AssertableApplicationContext context, boolean streamed) {
		return catchThrowableOfType(LlmException.class, () -> ask(context, streamed));
	}

	private static LlmResponse ask(AssertableApplicationContext context, boolean streamed) {
		LlmProvider provider = context.getBean(LlmProvider.class);
		if (!streamed) {
			return provider.invoke("Hi");
		}
		LlmEvent last = provider.stream(LlmRequest.of("Hi")).blockLast(Duration.ofSeconds(10));
		return Objects.requireNonNull(last).answer();
	}

	private static final class Supplying implements ApiKeySupplier {

		private final AtomicInteger asked = new AtomicInteger();

		private final List<Boolean> onEventLoop = new CopyOnWriteArrayList<>();

		@Override
		public String apiKey(String provider) {
			this.onEventLoop.add(Schedulers.isInNonBlockingThread());
			return "canary-" + this.asked.incrementAndGet();
		}

	}

}
