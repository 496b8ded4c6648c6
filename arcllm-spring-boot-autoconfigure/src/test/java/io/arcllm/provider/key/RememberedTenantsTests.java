package io.arcllm.provider.key;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.RequestMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RememberedTenantsTests {

	private final AtomicInteger asked = new AtomicInteger();

	private final TenantKeys keys = new TenantKeys("v", new ApiKeySupplier() {

		@Override
		public String apiKey(String provider) {
			return "nobody";
		}

		@Override
		public @Nullable String apiKey(String provider, RequestMetadata metadata) {
			RememberedTenantsTests.this.asked.incrementAndGet();
			return "key-of-" + metadata.tenant();
		}

	}, ApiKeys.of(null), System::nanoTime, Duration.ofSeconds(10));

	private ApiKeys of(String tenant) {
		return this.keys.ofCaller(RequestMetadata.ofTenant(tenant));
	}

	@Test
	void longestUnusedTenantIsForgotten() {
		assertThat(of("first").next()).isEqualTo("key-of-first");
		assertThat(of("second").next()).isEqualTo("key-of-second");
		for (int i = 0; i < 9_998; i++) {
			of("tenant-" + i);
		}
		of("first").next();
		of("one more");
		assertThat(this.keys.size()).isEqualTo(10_000);
		assertThat(of("first").mayBlock()).isFalse();
		assertThat(of("second").mayBlock()).isTrue();
		assertThat(this.asked).hasValue(2);
	}

	@Test
	void nothingOfAKeyIsShown() {
		assertThat(of("first").next()).isNotNull();
		assertThat(this.keys + " " + of("first")).doesNotContain("key-of");
	}

}
