package io.arcllm.test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.test.vendor.Fault;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import static io.arcllm.test.ArcllmAssertions.assertThat;
import static io.arcllm.test.ArcllmAssertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * One advance moves whatever waits, recovers or runs out, without sleeping.
 */
@ArcllmTest
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "arcllm.provider=waits", "arcllm.providers.waits.preset=openai",
				"arcllm.providers.waits.model=m", "arcllm.providers.waits.modules.retry.enabled=true",
				"arcllm.providers.limited.preset=openai", "arcllm.providers.limited.model=m",
				"arcllm.providers.limited.modules.rate-limit.enabled=true",
				"arcllm.providers.limited.modules.rate-limit.requests-per-minute=1",
				"arcllm.providers.limited.modules.rate-limit.max-wait=5m", "arcllm.providers.cached.preset=openai",
				"arcllm.providers.cached.model=m", "arcllm.providers.cached.modules.cache.enabled=true",
				"arcllm.providers.cached.modules.cache.when=always", "arcllm.providers.priced.preset=openai",
				"arcllm.providers.priced.model=m", "arcllm.providers.priced.models[0].name=m",
				"arcllm.providers.priced.models[0].price.input=1000000",
				"arcllm.providers.priced.models[0].price.output=1000000",
				"arcllm.providers.priced.modules.budget.enabled=true", "arcllm.modules.budget.limits[0].name=hour",
				"arcllm.modules.budget.limits[0].scope=global", "arcllm.modules.budget.limits[0].window=hour",
				"arcllm.modules.budget.limits[0].amount=1000", "arcllm.modules.budget.limits[0].currency=USD",
				"arcllm.modules.budget.unknown-price=allow", "arcllm.providers.broken.preset=anthropic",
				"arcllm.providers.broken.model=m", "arcllm.providers.broken.modules.circuit-breaker.enabled=true" })
class TimeMovesTogetherTests {

	@Autowired
	private LlmProviders providers;

	@Autowired
	private FakeVendors vendors;

	@Autowired
	private ArcllmTime time;

	private LlmProvider load(String name) {
		return this.providers.load(name);
	}

	@Test
	void waitsOfRetries() {
		this.vendors.of("waits").set(Dial.of(Fault.RATE_LIMIT).retryAfter(30).times(1));
		CompletableFuture<LlmResponse> answer = load("waits").invokeAsync(LlmRequest.of("Hi")).toFuture();
		await().until(() -> this.vendors.of("waits").asked() == 1);
		await().until(() -> {
			this.time.advance(Duration.ofSeconds(10));
			return answer.isDone();
		});
		assertThat(answer.join()).trail().asked("waits", "waits");
	}

	@Test
	void buckets() {
		load("limited").invoke("Hi");
		CompletableFuture<LlmResponse> second = load("limited").invokeAsync(LlmRequest.of("Hi")).toFuture();
		assertThat(second).isNotDone();
		this.time.advance(Duration.ofSeconds(61));
		assertThat(second.join()).trail().asked("limited");
	}

	@Test
	void caches() {
		load("cached").invoke("Hi");
		load("cached").invoke("Hi");
		assertThat(this.vendors.of("cached").asked()).isOne();
		this.time.advance(Duration.ofMinutes(11));
		load("cached").invoke("Hi");
		assertThat(this.vendors.of("cached").asked()).isEqualTo(2);
	}

	@Test
	void budgets() {
		LlmProvider priced = load("priced");
		LlmException failure = null;
		for (int i = 0; i < 100 && failure == null; i++) {
			failure = catchThrowableOfType(LlmException.class, () -> priced.invoke("Hi"));
		}
		assertThat(failure).hasKind(ErrorKind.BUDGET_EXCEEDED);
		this.time.advance(Duration.ofHours(1));
		assertThat(priced.invoke("Hi")).isFrom("priced");
	}

	@Test
	void breakersAndDials() {
		this.vendors.of("broken").downFor(Duration.ofSeconds(10));
		LlmProvider broken = load("broken");
		for (int i = 0; i < 3; i++) {
			catchThrowableOfType(LlmException.class, () -> broken.invoke("Hi"));
		}
		LlmException refused = catchThrowableOfType(LlmException.class, () -> broken.invoke("Hi"));
		assertThat(refused).hasKind(ErrorKind.CIRCUIT_OPEN);
		this.time.advance(Duration.ofSeconds(61));
		assertThat(broken.invoke("Hi")).isFrom("broken");
	}

	@Test
	void deadlines() {
		this.vendors.of("waits").fail(Fault.SILENCE);
		CompletableFuture<LlmResponse> answer = load("waits")
			.invokeAsync(LlmRequest.builder()
				.messages(io.arcllm.Message.user("Hi"))
				.callOptions(CallOptions.builder().deadline(Duration.ofSeconds(20)).build())
				.build())
			.toFuture();
		await().until(() -> this.vendors.of("waits").asked() == 1);
		this.time.advance(Duration.ofSeconds(21));
		assertThat(answer).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(LlmException.class,
					(failure) -> assertThat(failure).hasKind(ErrorKind.DEADLINE_EXCEEDED));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
