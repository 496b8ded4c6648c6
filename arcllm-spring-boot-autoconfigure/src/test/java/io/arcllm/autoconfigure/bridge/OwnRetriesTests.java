package io.arcllm.autoconfigure.bridge;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often models of other libraries repeat a request, as far as they show it.
 */
class OwnRetriesTests {

	@Test
	void optionsGoBeforeFieldsAndFieldsBeforeTemplates() {
		assertThat(OwnRetries.of(new Counted(2), new Options(5))).isEqualTo(5);
		assertThat(OwnRetries.of(new Counted(2), "other options")).isEqualTo(2);
		assertThat(OwnRetries.of(new Derived(3), null)).isEqualTo(3);
		assertThat(OwnRetries.of(new Templated(RetryPolicy.withMaxRetries(10)), null)).isEqualTo(10);
		assertThat(OwnRetries.of(
				new Templated(RetryPolicy.builder().maxRetries(4).multiplier(5).delay(Duration.ofSeconds(2)).build()),
				null))
			.isEqualTo(4);
	}

	@Test
	void theClientThatIsThereIsBelievedBeforeOptions() {
		assertThat(OwnRetries.of(new OfClient(new SdkClient(new SdkOptions(0))), new Options(3))).isZero();
		assertThat(OwnRetries.of(new OfClient(new SdkClient(new SdkOptions(2))), new Options(3))).isEqualTo(2);
		assertThat(OwnRetries.of(new OfClient(new SdkClient(null)), new Options(3))).isEqualTo(3);
	}

	@Test
	void whatIsHiddenIsNotCounted() {
		assertThat(OwnRetries.of("a model", null)).isZero();
		assertThat(OwnRetries.of(new Counted(null), null)).isZero();
		assertThat(OwnRetries.of(new Templated((failure) -> false), null)).isBetween(0, 1000);
	}

	@Test
	void aProxyIsLookedInto() {
		assertThat(OwnRetries.of(new ProxyFactory(new Counted(2)).getProxy(), null)).isEqualTo(2);
	}

	/** As the SDKs of vendors have it. */
	public record SdkOptions(int maxRetries) {
	}

	record SdkClient(SdkOptions clientOptions) {
	}

	record OfClient(SdkClient sdkClient) {
	}

	public record Options(int maxRetries) {

		public int getMaxRetries() {
			return this.maxRetries;
		}

	}

	private static class Counted implements Runnable {

		private final Integer maxRetries;

		Counted(Integer maxRetries) {
			this.maxRetries = maxRetries;
		}

		@Override
		public void run() {
			assertThat(this.maxRetries).isNotNegative();
		}

	}

	private static final class Derived extends Counted {

		Derived(Integer maxRetries) {
			super(maxRetries);
		}

	}

	private static final class Templated {

		private final RetryTemplate retryTemplate;

		Templated(RetryPolicy policy) {
			this.retryTemplate = new RetryTemplate(policy);
		}

		@Override
		public String toString() {
			return this.retryTemplate.toString();
		}

	}

}
