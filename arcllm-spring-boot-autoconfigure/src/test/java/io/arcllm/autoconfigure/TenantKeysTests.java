package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.RequestMetadata;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint;
import io.arcllm.autoconfigure.actuator.Forget.Forgotten;
import io.arcllm.provider.key.ApiKeySupplier;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Keys that a supplier brings for each tenant.
 */
@Timeout(60)
class TenantKeysTests {

	@StartStop
	final MockWebServer server = PromptServers.create();

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private Vendor vendor;

	@BeforeEach
	void vendor() {
		this.vendor = Vendor.on(this.server);
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					ArcllmActuatorAutoConfiguration.class, EndpointAutoConfiguration.class,
					WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=arcllm", "arcllm.provider=openai",
					"arcllm.providers.openai.base-url=" + this.server.url("/v1"), "arcllm.providers.openai.model=m")
			.withBean(ApiKeySupplier.class, () -> new OfTenants(this.asked));
	}

	private static LlmResponse ask(LlmProvider llm, @Nullable String tenant, boolean streaming) {
		RequestMetadata metadata = (tenant == null) ? RequestMetadata.EMPTY : RequestMetadata.ofTenant(tenant);
		LlmRequest request = LlmRequest.of("Hi").mutate().metadata(metadata).build();
		return llm.exchange(request.withStreaming(streaming)).blockLast(Duration.ofSeconds(20)).answer();
	}

	@WholeAndStreamed
	void eachTenantHasItsOwnKeyAndKeepsIt(boolean streaming) {
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			ask(llm, "acme", streaming);
			ask(llm, "other", streaming);
			ask(llm, null, streaming);
			ask(llm, "acme", streaming);
			assertThat(this.vendor.keys()).containsExactly("acme-1", "other-2", "nobody-3", "acme-1");
			assertThat(this.asked).containsExactly("openai acme", "openai other", "openai null");
		});
	}

	@WholeAndStreamed
	void refusedKeyOfATenantIsBroughtAgainForThatTenant(boolean streaming) {
		this.vendor.answer((key) -> key.equals("acme-1") ? Vendor.error(401).build() : null);
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			ask(llm, "acme", streaming);
			ask(llm, "other", streaming);
			ask(llm, "acme", streaming);
			assertThat(this.vendor.keys()).containsExactly("acme-1", "acme-2", "other-3", "acme-2");
		});
	}

	@Test
	void tenantWhoseKeyHasNoQuotaClosesTheTargetToNoOther() {
		this.vendor.answer((key) -> key.startsWith("acme") ? Vendor.error(402).build() : null);
		runner().withPropertyValues("arcllm.modules.circuit-breaker.enabled=true").run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			LlmException failure = catchThrowableOfType(LlmException.class, () -> ask(llm, "acme", false));
			assertThat(failure.kind()).isEqualTo(ErrorKind.QUOTA_EXHAUSTED);
			assertThat(ask(llm, "other", false).text()).isNotEmpty();
		});
	}

	@Test
	void tenantWhoseKeyIsRateLimitedPausesTheTargetForNoOther() {
		this.vendor
			.answer((key) -> key.startsWith("acme") ? Vendor.error(429).addHeader("retry-after", "60").build() : null);
		runner().withPropertyValues("arcllm.modules.circuit-breaker.enabled=true").run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			LlmException failure = catchThrowableOfType(LlmException.class, () -> ask(llm, "acme", false));
			assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(60));
			assertThat(ask(llm, "other", false).text()).isNotEmpty();
		});
	}

	@Test
	void keysOfATenantAreForgottenAndCounted() {
		runner().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			ArcllmEndpoint endpoint = context.getBean(ArcllmEndpoint.class);
			ask(llm, "acme", false);
			ask(llm, "other", false);
			assertThat(endpoint.act("forget", "acme", null)).isEqualTo(new Forgotten("acme", 0L, 0, 0, 1, 0));
			assertThatExceptionOfType(InvalidEndpointRequestException.class)
				.isThrownBy(() -> endpoint.act("forget", "acme", null));
			ask(llm, "acme", false);
			ask(llm, "other", false);
			assertThat(this.vendor.keys()).containsExactly("acme-1", "other-2", "acme-3", "other-2");
			assertThat(endpoint.act("forget", null, null)).isEqualTo(new Forgotten(null, 0L, 0, 0, 2, 0));
		});
	}

	@Test
	void supplierThatKnowsNoTenantsIsAskedOnceForAll() {
		AtomicInteger times = new AtomicInteger();
		ApiKeySupplier vault = (provider) -> "key-" + times.incrementAndGet();
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.openai.base-url=" + this.server.url("/v1"),
					"arcllm.providers.openai.model=m")
			.withBean(ApiKeySupplier.class, () -> vault)
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				ask(llm, "acme", false);
				ask(llm, "other", false);
				assertThat(this.vendor.keys()).containsExactly("key-1", "key-1");
			});
	}

	@Test
	void configuredKeyIsUsedForTenantsWithoutOne() {
		runner().withPropertyValues("arcllm.providers.openai.api-key=configured").run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			ask(llm, "guest", false);
			ask(llm, "acme", false);
			assertThat(this.vendor.keys()).containsExactly("configured", "acme-2");
		});
	}

	/** A vault that hangs for whole tenants of one provider, however many they are. */
	@Test
	void supplierThatHangsForTenantsHoldsUpItsOwnProviderOnly() {
		CountDownLatch end = new CountDownLatch(1);
		ApiKeySupplier vault = new ApiKeySupplier() {

			@Override
			public String apiKey(String provider) {
				return "w".equals(provider) ? "key-of-w" : null;
			}

			@Override
			public @Nullable String apiKey(String provider, RequestMetadata metadata) {
				if (provider.equals("openai")) {
					awaitUninterruptibly(end);
				}
				return apiKey(provider);
			}

		};
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.provider=openai", "arcllm.providers.openai.base-url=" + this.server.url("/v1"),
					"arcllm.providers.openai.model=m", "arcllm.providers.openai.keys.supplier-timeout=200ms",
					"arcllm.providers.w.type=openai", "arcllm.providers.w.model=m",
					"arcllm.providers.w.base-url=" + this.server.url("/v1"), "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=w")
			.withBean(ApiKeySupplier.class, () -> vault)
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProviders.class).primary();
				for (int i = 0; i < 12; i++) {
					assertThat(ask(llm, "tenant-" + i, false).provider()).isEqualTo("w");
				}
				assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
					.filteredOn((name) -> name.equals("arcllm-key-openai"))
					.hasSizeLessThanOrEqualTo(8);
				end.countDown();
			});
	}

	private static void awaitUninterruptibly(CountDownLatch end) {
		while (end.getCount() > 0) {
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				// a vault that cannot be interrupted
			}
		}
	}

	private static final class OfTenants implements ApiKeySupplier {

		private final List<String> asked;

		OfTenants(List<String> asked) {
			this.asked = asked;
		}

		@Override
		public String apiKey(String provider) {
			throw new AssertionError("asked without the caller");
		}

		@Override
		public @Nullable String apiKey(String provider, RequestMetadata metadata) {
			this.asked.add(provider + " " + metadata.tenant());
			if ("guest".equals(metadata.tenant())) {
				return null;
			}
			return ((metadata.tenant() == null) ? "nobody" : metadata.tenant()) + "-" + this.asked.size();
		}

	}

}
