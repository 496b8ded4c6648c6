package io.arcllm.test;

import java.util.List;

import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;
import io.arcllm.test.SurvivalReport.Failure;
import io.arcllm.test.SurvivalReport.Row;
import io.arcllm.test.vendor.Answers;
import io.arcllm.test.vendor.Question;
import io.arcllm.test.vendor.RecordedStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
			assertThat(unnamed.primary("anthropic").run().rows()).as("same seed, same trails").isEqualTo(report.rows());
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
		@Tag("proof")
		void everythingIsSurvivedAndTheSameSeedGivesTheSameTrail() {
			SurvivalReport report = SurvivalReport.of(this.llm, this.vendors).seed(7).run();
			assertThat(report.rows()).filteredOn((row) -> row.failure() == null).hasSizeGreaterThan(30);
			assertThat(report.isSurvived()).as(report.toString()).isTrue();
			assertThat(SurvivalReport.of(this.llm, this.vendors).seed(7).run().rows()).isEqualTo(report.rows());
		}

	}

	@Test
	void doubledHalfAndOtherAnswersAreNotWhole() {
		String whole = new Answers("anthropic").to(question("Hi", "")).text();
		String half = whole.substring(0, whole.length() / 2);
		assertThat(seen(whole, whole).isWhole()).isTrue();
		assertThat(seen(whole, null).isWhole()).isTrue();
		assertThat(seen(whole + whole, whole + whole).isWhole()).isFalse();
		assertThat(seen(half + whole, half + whole).isWhole()).isFalse();
		assertThat(seen(half, half).isWhole()).isFalse();
		assertThat(seen(whole, half).isWhole()).as("deltas that are not the answer").isFalse();
		assertThat(seen("", "").isWhole()).isFalse();
	}

	@Test
	void vendorsGoOnFromABeginning() {
		Answers answers = new Answers("anthropic");
		String whole = answers.to(question("Hi", "")).text();
		String half = whole.substring(0, whole.length() / 2);
		assertThat(half + answers.to(question("Hi", half)).text()).isEqualTo(whole);
		String other = "Words of another";
		assertThat(Answers.isGoneOnFrom(other, other + answers.to(question("Hi", other)).text())).isTrue();
		assertThat(Answers.isGoneOnFrom(other, other)).isFalse();
	}

	private static SurvivalCall.Seen seen(String text, @Nullable String words) {
		return new SurvivalCall.Seen(LlmResponse.of(text), null, words, List.of());
	}

	private static Question question(String text, String prefix) {
		return new Question("m", text, prefix, false, List.of(), "auto", List.of(), null, Integer.MAX_VALUE, List.of(),
				false, false, 1);
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
