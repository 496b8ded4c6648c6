package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.noop.NoopDistributionSummary;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A registry that makes no meter, or whose meters throw when they are told something,
 * changes no call.
 */
class MetersThatThrowTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String FAIL = "be overloaded";

	@AutoClose
	private final Vendors vendors = new Vendors();

	private final AtomicInteger thrown = new AtomicInteger();

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void changeNothing(boolean whenMade) {
		this.vendors.first.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				String body = request.getBody().utf8();
				return body.contains(FAIL) ? Vendors.fails("503")
						: Vendors.says("hello", body.contains("\"stream\":true"));
			}

		});
		this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmTelemetryAutoConfiguration.class,
					ArcllmCircuitBreakerAutoConfiguration.class, ArcllmRateLimitAutoConfiguration.class,
					MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
					ObservationAutoConfiguration.class))
			.withBean(MeterRegistry.class, () -> new Throwing(whenMade))
			.withPropertyValues("arcllm.modules.bulkhead.enabled=true", "arcllm.modules.bulkhead.max-concurrent=1",
					"arcllm.modules.bulkhead.max-queue=0", "arcllm.modules.rate-limit.enabled=true",
					"arcllm.modules.rate-limit.requests-per-minute=1000")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				for (boolean streaming : new boolean[] { false, true, false, true }) {
					assertThat(llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).blockLast(LIMIT))
						.isInstanceOf(LlmEvent.Completed.class);
					assertThat(catchThrowableOfType(LlmException.class,
							() -> llm.exchange(LlmRequest.of(FAIL).withStreaming(streaming)).blockLast(LIMIT))
						.kind()).isEqualTo(ErrorKind.OVERLOADED);
					llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).subscribe().dispose();
				}
			});
		assertThat(this.thrown).hasPositiveValue();
	}

	private <T> T fail() {
		this.thrown.incrementAndGet();
		throw new IllegalStateException("a bug in the application's registry");
	}

	/**
	 * Throws for meters of ours.
	 */
	private final class Throwing extends SimpleMeterRegistry {

		private final boolean whenMade;

		Throwing(boolean whenMade) {
			this.whenMade = whenMade;
		}

		private void made(Meter.Id id) {
			if (this.whenMade && isOurs(id)) {
				fail();
			}
		}

		private boolean isOurs(Meter.Id id) {
			return id.getName().startsWith("arcllm.") || id.getName().startsWith("gen_ai.");
		}

		@Override
		protected Counter newCounter(Meter.Id id) {
			made(id);
			return !isOurs(id) ? super.newCounter(id) : new CumulativeCounter(id) {

				@Override
				public void increment(double amount) {
					fail();
				}

			};
		}

		@Override
		protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector detector) {
			made(id);
			Timer timer = super.newTimer(id, config, detector);
			return !isOurs(id) ? timer : new NoopTimer(id) {

				@Override
				public void record(long amount, TimeUnit unit) {
					fail();
				}

				@Override
				public void record(Duration duration) {
					fail();
				}

			};
		}

		@Override
		protected DistributionSummary newDistributionSummary(Meter.Id id, DistributionStatisticConfig config,
				double scale) {
			made(id);
			return !isOurs(id) ? super.newDistributionSummary(id, config, scale) : new NoopDistributionSummary(id) {

				@Override
				public void record(double amount) {
					fail();
				}

			};
		}

	}

}
