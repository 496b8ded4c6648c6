package io.arcllm.test;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
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
 * An application's own configuration in front of fake vendors.
 */
@ArcllmTest
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "arcllm.provider=anthropic", "arcllm.providers.anthropic.model=claude-sonnet-4-5",
				"arcllm.providers.openai.model=gpt-5-mini", "arcllm.providers.second.type=openai",
				"arcllm.providers.second.model=m", "arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=openai,second", "arcllm.modules.circuit-breaker.enabled=true" })
class ArcllmTestTests {

	@Autowired
	private LlmProvider llm;

	@Autowired
	private FakeVendors vendors;

	@Autowired
	private ArcllmTime time;

	@Test
	void everyProviderIsAFakeVendor() {
		assertThat(this.vendors.vendors()).extracting(FakeVendor::name)
			.containsExactly("anthropic", "openai", "second");
		assertThat(this.llm.invoke("Hi")).isFrom("anthropic/claude-sonnet-4-5").trail().asked("anthropic");
	}

	@Test
	void vendorsThatAreDownArePassedOverUntilTheyAreBack() {
		this.vendors.of("anthropic").downFor(Duration.ofSeconds(10));
		assertThat(this.llm.invoke("Hi")).trail().asked("anthropic", "openai");
		this.llm.invoke("Hi");
		this.llm.invoke("Hi");
		assertThat(this.llm.invoke("Hi")).trail().asked("openai").skipped("anthropic", ErrorKind.CIRCUIT_OPEN);
		this.time.advance(Duration.ofMinutes(6));
		assertThat(this.llm.invoke("Hi")).isFrom("anthropic");
	}

	@Test
	void testsBeginHealthy() {
		assertThat(this.llm.invoke("Hi")).trail().asked("anthropic");
		assertThat(this.vendors.of("anthropic").asked()).isOne();
	}

	@Test
	void failuresHaveTheirTrail() {
		this.vendors.vendors().forEach((vendor) -> vendor.fail(Fault.UNAVAILABLE));
		LlmException failure = catchThrowableOfType(LlmException.class, () -> this.llm.invoke("Hi"));
		assertThat(failure).hasKind(ErrorKind.OVERLOADED).trail().asked("anthropic", "openai", "second");
	}

	@Test
	void timePassesBySteps() {
		this.vendors.of("anthropic").set(Dial.of(Fault.SLOW).delay(30).times(1));
		var answer = this.llm.invokeAsync(LlmRequest.of("Hi")).toFuture();
		await().until(() -> this.vendors.of("anthropic").asked() == 1);
		this.time.advance(Duration.ofSeconds(31));
		LlmResponse response = answer.join();
		assertThat(response).isFrom("anthropic");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
