package io.arcllm.page;

import java.time.Duration;

import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.test.ArcllmTest;
import io.arcllm.test.ArcllmTime;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.SurvivalReport;
import io.arcllm.test.vendor.Fault;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.reactive.server.WebTestClient;

import static io.arcllm.test.ArcllmAssertions.assertThat;

@ArcllmTest
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "spring.config.location=classpath:page/ask.yml", "simulator.enabled=false" })
class AskApplicationTests {

	@Autowired
	private LlmProvider llm;

	@Autowired
	private FakeVendors vendors;

	@Autowired
	private ArcllmTime time;

	@LocalServerPort
	private int port;

	@Test
	void openaiAnswersWhileAnthropicIsDown() {
		this.vendors.of("anthropic").downFor(Duration.ofMinutes(1));
		for (int i = 0; i < 3; i++) {
			assertThat(this.llm.invoke("Hello")).isFrom("openai");
		}
		assertThat(this.llm.invoke("Hello")).trail().asked("openai").skipped("anthropic", ErrorKind.CIRCUIT_OPEN);
		this.time.advance(Duration.ofMinutes(6));
		assertThat(this.llm.invoke("Hello")).isFrom("anthropic").trail().asked("anthropic");
	}

	@Test
	void brokenStreamGoesOnAndAFailureIsAnEvent() {
		this.vendors.of("anthropic").fail(Fault.CUT, 1);
		assertThat(get("/stream")).contains("event:text_delta", "event:completed").doesNotContain("event:failure");
		this.vendors.vendors().forEach((vendor) -> vendor.fail(Fault.CONTENT_FILTER));
		assertThat(get("/stream")).contains("event:failure", "CONTENT_POLICY").doesNotContain("event:completed");
	}

	@Test
	void typesAndToolsSurviveAVendorThatIsDown() {
		this.vendors.of("anthropic").fail(Fault.UNAVAILABLE);
		assertThat(get("/trip")).contains("\"city\":\"Bonn\"");
		assertThat(get("/weather")).contains("dry and 21 degrees in Bonn");
	}

	@Test
	void usersSeeWholeAnswersWhateverBreaks() {
		SurvivalReport report = SurvivalReport.of(this.llm, this.vendors).seed(1).run();
		assertThat(report.isSurvived()).as(report.toString()).isTrue();
	}

	private String get(String path) {
		return WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + this.port)
			.responseTimeout(Duration.ofSeconds(30))
			.build()
			.get()
			.uri(path + "?q={q}", "What is the weather in Bonn?")
			.exchange()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
	}

}
