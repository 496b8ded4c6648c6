package io.arcllm.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.autoconfigure.stack.LlmWebClientCustomizer;
import io.arcllm.module.circuitbreaker.CircuitBreakerCustomizer;
import io.arcllm.module.ratelimit.RateLimitCustomizer;
import io.arcllm.provider.key.ApiKeySupplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Health answers while code of the application hangs that a call waits for: nothing on
 * its way waits for what is being made or asked.
 */
class HealthAtOnceTests {

	/** What hangs. */
	private enum Hanging {

		SUPPLIER, BREAKER_CUSTOMIZER, LIMIT_CUSTOMIZER, CLIENT_CUSTOMIZER, LAZY_MODULE, LAZY_PROVIDER

	}

	@AutoClose
	private final Vendors vendors = new Vendors();

	private final CountDownLatch hangs = new CountDownLatch(1);

	private final CountDownLatch over = new CountDownLatch(1);

	@ParameterizedTest
	@EnumSource
	void whateverHangsInTheWayOfACall(Hanging hanging) {
		with(hanging).run((context) -> {
			this.vendors.first.enqueue(Vendors.says("late", false));
			this.vendors.second.enqueue(Vendors.says("hello", false));
			ExecutorService threads = Executors.newSingleThreadExecutor();
			try {
				String asked = (hanging == Hanging.LAZY_PROVIDER) ? "house" : "first/made-up";
				Future<LlmResponse> call = threads
					.submit(() -> context.getBean(LlmProviders.class).load(asked).invoke("hi"));
				assertThat(this.hangs.await(30, TimeUnit.SECONDS)).isTrue();
				HealthIndicator health = context.getBean(HealthIndicator.class);
				for (int i = 0; i < 100; i++) {
					assertThat(health.health().getStatus()).isEqualTo(Status.UP);
				}
				if (hanging != Hanging.LAZY_MODULE) {
					assertThat(context.getBean(LlmProviders.class).load("second").invoke("hi").text())
						.isEqualTo("hello");
				}
				assertThat(this.over.getCount()).isOne();
				assertThat(call).isNotDone();
				this.over.countDown();
				assertThat(call.get(30, TimeUnit.SECONDS).text()).isEqualTo("late");
				assertThat(health.health().getDetails()).containsEntry("status", "ready");
			}
			finally {
				this.over.countDown();
				threads.shutdownNow();
			}
		});
	}

	private ApplicationContextRunner with(Hanging hanging) {
		ApplicationContextRunner runner = runner();
		return switch (hanging) {
			case SUPPLIER -> runner.withBean(ApiKeySupplier.class, () -> (provider) -> {
				hang(provider.equals("first"));
				return null;
			}).withPropertyValues("arcllm.providers.first.keys.supplier-timeout=1m");
			case BREAKER_CUSTOMIZER ->
				runner.withBean(CircuitBreakerCustomizer.class, () -> (target, config) -> hang(isMadeUp(target)));
			case LIMIT_CUSTOMIZER ->
				runner.withBean(RateLimitCustomizer.class, () -> (target, measure, bucket) -> hang(isMadeUp(target)));
			case CLIENT_CUSTOMIZER -> runner.withBean(LlmWebClientCustomizer.class,
					() -> (provider, client) -> hang(provider.equals("first")));
			case LAZY_MODULE -> runner.withBean("own", LlmModule.class, () -> {
				hang(true);
				return (inner) -> inner;
			}, (definition) -> definition.setLazyInit(true));
			case LAZY_PROVIDER -> runner.withBean("house", LlmProvider.class, () -> {
				hang(true);
				return LlmProvider.of("house", (request) -> LlmResponse.of("late"));
			}, (definition) -> definition.setLazyInit(true));
		};
	}

	private static boolean isMadeUp(Target target) {
		return "made-up".equals(target.model());
	}

	private ApplicationContextRunner runner() {
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class,
					ArcllmRateLimitAutoConfiguration.class, ArcllmActuatorAutoConfiguration.class))
			.withPropertyValues("arcllm.warm-up=none", "arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.rate-limit.enabled=true", "arcllm.lint=off");
	}

	private void hang(boolean now) {
		if (now) {
			this.hangs.countDown();
			boolean interrupted = false;
			while (this.over.getCount() > 0) {
				try {
					this.over.await();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** A source of properties may ask a server for each. */
	@Test
	void doesNotReadTheConfigurationAgain() {
		Map<String, Object> written = new ConcurrentHashMap<>(
				Map.of("arcllm.modules.fallback.enabled", "true", "arcllm.modules.fallback.chain", "second"));
		MapPropertySource remote = new MapPropertySource("remote", written) {

			@Override
			public Object getProperty(String name) {
				hang(Thread.currentThread().getName().equals("health"));
				return super.getProperty(name);
			}

		};
		runner().withInitializer((context) -> context.getEnvironment().getPropertySources().addLast(remote))
			.withPropertyValues("arcllm.warm-up=stacks")
			.run((context) -> {
				HealthIndicator health = context.getBean(HealthIndicator.class);
				assertThat(health.health().getDetails()).containsEntry("status", "ready");
				ExecutorService thread = Executors.newSingleThreadExecutor((task) -> new Thread(task, "health"));
				try {
					assertThat(thread.submit(() -> health.health().getStatus()).get(30, TimeUnit.SECONDS))
						.isEqualTo(Status.UP);
				}
				finally {
					this.over.countDown();
					thread.shutdownNow();
				}
			});
	}

	@Test
	void isReadyBeforeAnythingWasAsked() {
		runner().run((context) -> {
			HealthIndicator health = context.getBean(HealthIndicator.class);
			assertThat(health.health().getDetails()).isEqualTo(Map.of("status", "ready"));
			Stream.of("first", "second").forEach((name) -> {
				this.vendors.first.enqueue(Vendors.says("hello", false));
				this.vendors.second.enqueue(Vendors.says("hello", false));
				context.getBean(LlmProviders.class).load(name).invoke("hi");
			});
			assertThat(health.health().getDetails()).containsKeys("first/m0", "second/m1");
		});
	}

}
