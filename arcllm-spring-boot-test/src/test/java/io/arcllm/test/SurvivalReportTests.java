package io.arcllm.test;

import io.arcllm.LlmProvider;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The report finds what a configuration survives and what it does not.
 */
@ArcllmTest
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "arcllm.provider=anthropic", "arcllm.providers.anthropic.model=claude-sonnet-4-5",
				"arcllm.providers.openai.model=gpt-5-mini", "arcllm.modules.timeout.first-token=5s",
				"arcllm.modules.timeout.idle=5s", "arcllm.modules.timeout.attempt=10s" })
class SurvivalReportTests {

	@Autowired
	private LlmProvider llm;

	@Autowired
	private FakeVendors vendors;

	@Test
	void withoutModulesFewFailuresAreSurvivedAndTheTableSaysWhich() {
		SurvivalReport report = SurvivalReport.of(this.llm, this.vendors).seed(1).run();
		assertThat(report.rows()).hasSize(32);
		assertThat(report.isSurvived()).isFalse();
		assertThat(report.rows()).filteredOn((row) -> row.failure() == SurvivalReport.Failure.SERVER_ERROR)
			.allSatisfy((row) -> {
				assertThat(row.survived()).isFalse();
				assertThat(row.seen()).isEqualTo("an error: SERVER_ERROR");
				assertThat(row.asked()).hasSize(1);
			});
		assertThat(report.toString()).contains("server error", "of 32 survived");
		assertThat(SurvivalReport.of(this.llm, this.vendors).seed(1).run().rows()).as("same seed, same trails")
			.isEqualTo(report.rows());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
