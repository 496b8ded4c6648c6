package io.arcllm.autoconfigure;

import java.time.Duration;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.module.attempt.CommitPoint;
import io.arcllm.module.retry.LlmRetryPolicy;
import io.arcllm.module.retry.RetrySettings;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Values at the edge of what their type can hold.
 */
class OddValuesTests {

	private static final Duration CENTURY = Duration.ofDays(36_500);

	@AutoClose
	private final Vendors vendors = new Vendors();

	@WholeAndStreamed
	void timesOfManyCenturiesAreOne(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withPropertyValues(Vendors.limits("999999d"))
			.withPropertyValues("arcllm.deadline=9999999999h", "arcllm.modules.timeout.unread=P99999D",
					"arcllm.modules.retry.enabled=true", "arcllm.modules.retry.max-wait=999999d",
					"arcllm.modules.retry.max-wait-with-others=999999d", "arcllm.modules.bulkhead.enabled=true",
					"arcllm.modules.bulkhead.queue-timeout=999999d",
					"arcllm.providers.first.http.pending-acquire-timeout=999999d",
					"arcllm.providers.first.http.max-idle-time=999999d",
					"arcllm.providers.first.http.connect-timeout=999999d")
			.run((context) -> {
				assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text()).isEqualTo("hello");
				assertThat(context.getBean(ArcllmProperties.class).deadline()).isEqualTo(CENTURY);
				CallOptions forever = CallOptions.builder()
					.retry((retry) -> retry.maxWait(Duration.ofSeconds(Long.MAX_VALUE)))
					.build();
				assertThat(context.getBean(ModuleSettings.class)
					.bind("retry", RetrySettings.class, "first", forever)
					.maxWait()).isEqualTo(CENTURY);
			});
		assertThat(CommitPoint.of("999999999999h").after()).isEqualTo(CENTURY);
	}

	@Test
	void largestNumberOfRetriesIsOne() {
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.retry.max-retries=" + Integer.MAX_VALUE)
			.run((context) -> assertThat(
					new LlmRetryPolicy(context.getBean(ArcllmProperties.class).modules().retry()).getMaxAttempts())
				.isEqualTo(Integer.MAX_VALUE));
	}

}
