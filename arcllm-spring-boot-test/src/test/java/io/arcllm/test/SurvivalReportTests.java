package io.arcllm.test;

import java.util.List;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import io.arcllm.test.SurvivalReport.Failure;
import io.arcllm.test.SurvivalReport.Row;
import io.arcllm.test.vendor.RecordedStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The report finds what a configuration survives and what it does not.
 */
class SurvivalReportTests {

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	private static Row find(SurvivalReport report, Failure failure, boolean streamed) {
		return report.rows()
			.stream()
			.filter((row) -> row.failure() == failure && row.streamed() == streamed)
			.findFirst()
			.orElseThrow();
	}

	@Nested
	@ArcllmTest
	@SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
			properties = { "arcllm.provider=anthropic", "arcllm.providers.anthropic.model=claude-sonnet-4-5",
					"arcllm.providers.openai.model=gpt-5-mini" })
	class WithoutModules {

		@Autowired
		private LlmProvider llm;

		@Autowired
		private FakeVendors vendors;

		@Test
		void fewFailuresAreSurvivedAndTheTableSaysWhich() {
			LlmProvider other = (request) -> this.llm.exchange(request);
			SurvivalReport unnamed = SurvivalReport.of(other, this.vendors);
			assertThatIllegalArgumentException().isThrownBy(unnamed::run).withMessageContaining("anthropic");
			SurvivalReport report = unnamed.primary("anthropic").run();
			assertThat(report.rows()).filteredOn((row) -> row.failure() != null).hasSize(32);
			assertThat(report.isSurvived()).isFalse();
			for (boolean streamed : new boolean[] { false, true }) {
				Row row = find(report, Failure.SERVER_ERROR, streamed);
				assertThat(row.survived()).isFalse();
				assertThat(row.seen()).isEqualTo("an error: SERVER_ERROR");
				assertThat(row.asked()).containsExactly("anthropic/claude-sonnet-4-5");
				assertThat(row.requests()).isOne();
				assertThat(find(report, Failure.NO_MARKER, streamed).survived()).isTrue();
			}
			assertThat(report.rows()).filteredOn((row) -> row.failure() == null)
				.hasSizeGreaterThan(10)
				.allMatch(Row::survived, "streams are read as they were recorded, and cuts are told");
			assertThat(report.toString()).contains("server error", "recorded: anthropic thinking",
					"of " + report.rows().size() + " survived");
		}

		@Test
		void doubledAndTruncatedAnswersAreNotSurvived() {
			LlmProvider naive = (request) -> Flux.defer(() -> {
				StringBuilder words = new StringBuilder();
				return this.llm.exchange(request)
					.onErrorResume((failure) -> ((LlmException) failure).kind() != ErrorKind.INTERRUPTED,
							(failure) -> Flux.error(failure))
					.doOnNext((event) -> words.append((event instanceof LlmEvent.TextDelta text) ? text.text() : ""))
					.onErrorResume((failure) -> Flux.just(new LlmEvent.Completed(LlmResponse.of(words.toString()))));
			});
			SurvivalReport report = SurvivalReport.of(naive, this.vendors).primary("anthropic").run();
			assertThat(find(report, Failure.CUT, true).survived()).isFalse();
			assertThat(find(report, Failure.CUT, true).seen()).contains("not those of the answer");
		}

	}

	@Nested
	@ArcllmTest
	@SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
			properties = { "arcllm.profile=resilient", "arcllm.provider=openai",
					"arcllm.providers.openai.model=gpt-5-mini", "arcllm.providers.anthropic.model=claude-sonnet-4-5" })
	class WithTheProfile {

		@Autowired
		private LlmProvider llm;

		@Autowired
		private FakeVendors vendors;

		@Test
		void everythingIsSurvivedAndTheSameSeedGivesTheSameTrail() {
			SurvivalReport report = SurvivalReport.of(this.llm, this.vendors).seed(7).run();
			assertThat(report.rows()).filteredOn((row) -> row.failure() == null).hasSizeGreaterThan(30);
			assertThat(report.isSurvived()).as(report.toString()).isTrue();
			assertThat(SurvivalReport.of(this.llm, this.vendors).seed(7).run().rows()).isEqualTo(report.rows());
		}

	}

	@ParameterizedTest
	@ValueSource(strings = { "anthropic", "openai", "ollama" })
	void eachFormatHasRecordedStreams(String format) {
		List<RecordedStream> streams = RecordedStream.all()
			.stream()
			.filter((stream) -> stream.format().equals(format))
			.toList();
		assertThat(streams).hasSizeGreaterThan(1)
			.allSatisfy((stream) -> assertThat(stream.body().length).isGreaterThan(500));
		assertThat(getClass().getResource("/io/arcllm/test/recorded/NOTICE")).isNotNull();
	}

}
