package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.RequestMetadata;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions over three replicas and three vendors.
 */
@Timeout(120)
class AffinityTests {

	private static final List<String> NAMES = List.of("one", "two", "three");

	@StartStop
	final MockWebServer first = PromptServers.create();

	@StartStop
	final MockWebServer second = PromptServers.create();

	@StartStop
	final MockWebServer third = PromptServers.create();

	private List<Vendor> vendors = List.of();

	@BeforeEach
	void vendors() {
		this.vendors = List.of(Vendor.on(this.first), Vendor.on(this.second), Vendor.on(this.third));
	}

	@WholeAndStreamed
	void sessionsStayAtTheirVendorOnEveryReplica(boolean streamed) {
		onThreeReplicas((replicas) -> sessionsStay(replicas, 30, streamed));
	}

	@Test
	@Tag("proof")
	void thousandSessionsStayAtTheirVendorOnEveryReplica() {
		onThreeReplicas((replicas) -> sessionsStay(replicas, 1000, false));
	}

	private void sessionsStay(List<LlmProvider> replicas, int sessions, boolean streamed) {
		String[] homes = new String[sessions];
		int[] asked = new int[NAMES.size()];
		for (int i = 0; i < sessions; i++) {
			homes[i] = home(replicas.get(0), i, streamed);
			assertThat(home(replicas.get(1), i, streamed)).isEqualTo(homes[i]);
			assertThat(home(replicas.get(2), i, streamed)).isEqualTo(homes[i]);
			asked[NAMES.indexOf(homes[i])]++;
		}
		assertThat(Arrays.stream(asked).min().orElseThrow()).isGreaterThan(sessions / 9);
		this.vendors.get(1).fail(500);
		for (int i = 0; i < sessions; i++) {
			String lent = home(replicas.get(i % 3), i, streamed);
			assertThat(lent).isNotEqualTo("two");
			if (!homes[i].equals("two")) {
				assertThat(lent).isEqualTo(homes[i]);
			}
			assertThat(home(replicas.get((i + 1) % 3), i, streamed)).isEqualTo(lent);
		}
		this.vendors.get(1).recover();
	}

	@WholeAndStreamed
	void targetThatIsNotReadyLendsItsSessionsAndGetsThemBack(boolean streamed) {
		replica()
			.withPropertyValues("arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				int session = 0;
				while (!home(llm, session, streamed).equals("two")) {
					session++;
				}
				this.vendors.get(1).fail(500);
				home(llm, session, streamed);
				int before = this.vendors.get(1).asked();
				LlmResponse lent = ask(llm, session, streamed);
				assertThat(this.vendors.get(1).asked()).isEqualTo(before);
				assertThat(lent.trail().attempts().get(0).error()).isEqualTo(ErrorKind.CIRCUIT_OPEN);
				assertThat(lent.provider()).isIn("one", "three");
			});
	}

	@WholeAndStreamed
	void targetThatIsReadyAgainHasItsSessionsBack(boolean streamed) {
		replica().run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			ProviderSwitches switches = context.getBean(ProviderSwitches.class);
			for (int session = 0; session < 9; session++) {
				String home = home(llm, session, streamed);
				switches.disable(home);
				assertThat(home(llm, session, streamed)).isNotEqualTo(home);
				switches.enable(home);
				assertThat(home(llm, session, streamed)).isEqualTo(home);
			}
		});
	}

	private void onThreeReplicas(Consumer<List<LlmProvider>> test) {
		replica().run((one) -> replica().run((two) -> replica().run((three) -> test.accept(List
			.of(one.getBean(LlmProvider.class), two.getBean(LlmProvider.class), three.getBean(LlmProvider.class))))));
	}

	private ApplicationContextRunner replica() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, ArcllmCircuitBreakerAutoConfiguration.class,
					WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues(provider("one", this.first))
			.withPropertyValues(provider("two", this.second))
			.withPropertyValues(provider("three", this.third))
			.withPropertyValues("arcllm.provider=one", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=two,three", "arcllm.modules.fallback.affinity=session");
	}

	private static String[] provider(String name, MockWebServer server) {
		String prefix = "arcllm.providers." + name + ".";
		return new String[] { prefix + "type=openai", prefix + "base-url=" + server.url("/v1"), prefix + "api-key=k",
				prefix + "model=m" };
	}

	private static String home(LlmProvider llm, int session, boolean streamed) {
		return ask(llm, session, streamed).provider();
	}

	private static LlmResponse ask(LlmProvider llm, int session, boolean streamed) {
		LlmRequest request = LlmRequest.of("Hi")
			.mutate()
			.metadata(new RequestMetadata(null, "session-" + session, Map.of()))
			.build();
		return streamed ? Objects.requireNonNull(llm.stream(request).blockLast(Duration.ofSeconds(10))).answer()
				: llm.invoke(request);
	}

}
