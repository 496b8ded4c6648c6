package io.arcllm.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.test.vendor.Fault;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import static io.arcllm.test.ArcllmAssertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each fault of a vendor, in each wire format, whole and streamed, is what a stack
 * without modules tells of it.
 */
@ArcllmTest
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "arcllm.provider=anthropic", "arcllm.providers.anthropic.model=claude-sonnet-4-5",
				"arcllm.providers.openai.model=gpt-5-mini", "arcllm.providers.ollama.model=llama3.2" })
class FaultsTests {

	@Autowired
	private LlmProviders providers;

	@Autowired
	private FakeVendors vendors;

	@Autowired
	private ArcllmTime time;

	/**
	 * Faults that nothing but time ends; an answer of the others may still be on its way.
	 */
	private static final Set<Fault> WAITING = EnumSet.of(Fault.SLOW, Fault.SILENCE, Fault.STALL);

	static List<Arguments> faults() {
		List<Arguments> all = new ArrayList<>();
		for (Fault fault : Fault.values()) {
			for (String vendor : List.of("anthropic", "openai", "ollama")) {
				all.add(Arguments.of(fault, vendor, false));
				all.add(Arguments.of(fault, vendor, true));
			}
		}
		return all;
	}

	private static @Nullable ErrorKind expected(Fault fault, boolean streamed) {
		return switch (fault) {
			case HEALTHY, SLOW, NO_MARKER -> null;
			case RATE_LIMIT -> ErrorKind.RATE_LIMITED;
			case SERVER_ERROR -> ErrorKind.SERVER_ERROR;
			case UNAVAILABLE, OVERLOADED -> ErrorKind.OVERLOADED;
			case CONTEXT_LENGTH -> ErrorKind.CONTEXT_WINDOW;
			case CONTENT_FILTER -> ErrorKind.CONTENT_POLICY;
			case RESET, DOWN -> ErrorKind.NETWORK;
			case SILENCE -> ErrorKind.TIMEOUT;
			case CUT -> streamed ? ErrorKind.INTERRUPTED : ErrorKind.NETWORK;
			case STALL -> streamed ? ErrorKind.INTERRUPTED : ErrorKind.TIMEOUT;
			case MALFORMED, NO_END -> streamed ? ErrorKind.INTERRUPTED : ErrorKind.PROTOCOL;
		};
	}

	@ParameterizedTest(name = "{0} of {1}, streamed: {2}")
	@MethodSource("faults")
	void faultIsWhatItIsCalled(Fault fault, String vendor, boolean streamed) {
		this.vendors.of(vendor).fail(fault, 1);
		CompletableFuture<LlmResponse> call = this.providers.load(vendor)
			.invokeAsync(LlmRequest.of("Hi").withStreaming(streamed))
			.toFuture();
		await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
			if (WAITING.contains(fault) && this.vendors.of(vendor).asked() == 1
					&& !this.vendors.of(vendor).isAnswering()) {
				this.time.advance(Duration.ofSeconds(10));
			}
			return call.isDone();
		});
		ErrorKind kind = expected(fault, streamed);
		if (kind == null) {
			assertThat(call.join()).isFrom(vendor).trail().hasRequests(1);
		}
		else {
			assertThat(call.handle((answer, failure) -> failure).join()).isInstanceOfSatisfying(LlmException.class,
					(failure) -> assertThat(failure).hasKind(kind).trail().asked(vendor));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
