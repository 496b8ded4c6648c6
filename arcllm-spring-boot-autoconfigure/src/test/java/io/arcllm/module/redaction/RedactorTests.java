package io.arcllm.module.redaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Random;

import io.arcllm.PiiDetector;
import io.arcllm.module.TestSettings;
import io.arcllm.module.redaction.Corpus.Canary;
import io.arcllm.module.redaction.Corpus.Line;
import io.arcllm.module.redaction.RedactionSettings.Expression;
import io.arcllm.module.redaction.RedactionSettings.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What is found in text, in one piece and in many.
 */
class RedactorTests {

	private final Redactor redactor = redactor(List.of(), List.of());

	static Redactor redactor(List<Expression> patterns, List<String> stopWords, PiiDetector... own) {
		return Redactors.of(TestSettings.of(RedactionSettings.class, "detectors", List.of(Kind.values()), "patterns",
				patterns, "stop-words", stopWords), List.of(own));
	}

	static Placeholders plain() {
		return new Placeholders(false, RedactionListener.NONE);
	}

	private String redact(String text) {
		return this.redactor.redact(text, plain()::replace);
	}

	/** The same in these pieces, and what was put out before the end. */
	static String inPieces(Redactor redactor, List<String> pieces, StringBuilder early) {
		StringBuilder out = new StringBuilder();
		TextRedaction redaction = new TextRedaction(redactor, plain()::replace, new Joined(out));
		pieces.forEach(redaction::add);
		early.append(out);
		redaction.end();
		return out.toString();
	}

	record Joined(StringBuilder out) implements TextRedaction.Output {

		@Override
		public void keep(CharSequence text, int from, int to) {
			this.out.append(text, from, to);
		}

		@Override
		public void replace(int characters, String replacement) {
			this.out.append(replacement);
		}

	}

	@ParameterizedTest
	@EnumSource
	void corpusIsFoundPreciselyAndWhole(Kind kind) {
		int right = 0;
		int expected = 0;
		int found = 0;
		List<String> wrong = new ArrayList<>();
		for (Line line : Corpus.lines()) {
			List<Matches.Match> matches = this.redactor.find(line.text(), 0)
				.merged()
				.stream()
				.filter((match) -> match.detector().type().equals(kind.dashed()))
				.toList();
			List<Canary> canaries = line.canaries().stream().filter((one) -> one.type().equals(kind.dashed())).toList();
			expected += canaries.size();
			found += matches.size();
			for (Matches.Match match : matches) {
				boolean meant = canaries.stream().anyMatch((canary) -> isSame(canary, match));
				right += meant ? 1 : 0;
				if (!meant) {
					wrong.add("found too much in " + line);
				}
			}
			canaries.stream()
				.filter((canary) -> matches.stream().noneMatch((one) -> isSame(canary, one)))
				.forEach((canary) -> wrong.add("missed " + canary));
		}
		assertThat(expected).isGreaterThan(20);
		assertThat(right).as("%s", wrong).isGreaterThanOrEqualTo((int) Math.ceil(0.98 * Math.max(found, expected)));
	}

	/** A table of beginnings is looked up for all detectors at once. */
	@Test
	void allDetectorsTogetherFindWhatEachFindsAlone() {
		List<Redactor> alone = Arrays.stream(Kind.values())
			.map((kind) -> Redactors.of(TestSettings.of(RedactionSettings.class, "detectors", List.of(kind)),
					List.of()))
			.toList();
		Random random = new Random(7);
		String alphabet = "ab1 9-.+:/@_(é日\u00a0token=DE8sk";
		List<String> texts = new ArrayList<>(Corpus.lines().stream().map(Line::text).toList());
		for (int i = 0; i < 2000; i++) {
			StringBuilder text = new StringBuilder();
			random.ints(60, 0, alphabet.length()).forEach((at) -> text.append(alphabet.charAt(at)));
			texts.add(text.toString());
		}
		for (String text : texts) {
			for (int from : new int[] { 0, text.length() / 2 }) {
				Matches together = this.redactor.find(text, from);
				List<Matches> each = alone.stream().map((one) -> one.find(text, from)).toList();
				assertThat(found(List.of(together))).as(text).isEqualTo(found(each));
				assertThat(together.decidedUntil(List.of())).as(text)
					.isEqualTo(each.stream().mapToInt((one) -> one.decidedUntil(List.of())).min().orElseThrow());
			}
		}
	}

	private static List<String> found(List<Matches> matches) {
		return matches.stream()
			.flatMap((one) -> one.all().stream())
			.map((match) -> match.start() + "-" + match.end() + " " + match.detector().type())
			.sorted()
			.toList();
	}

	private static boolean isSame(Canary canary, Matches.Match match) {
		return match.start() == canary.start() && match.end() == canary.start() + canary.value().length()
				&& match.detector().type().equals(canary.type());
	}

	@Test
	void textIsTheSameSplitAtEveryPosition() {
		for (Line line : Corpus.lines()) {
			String whole = redact(line.text());
			for (int i = 0; i <= line.text().length(); i++) {
				List<String> pieces = List.of(line.text().substring(0, i), line.text().substring(i));
				StringBuilder early = new StringBuilder();
				assertThat(inPieces(this.redactor, pieces, early)).as("%s at %s", line, i).isEqualTo(whole);
				assertThat(whole).startsWith(early);
			}
		}
	}

	@Test
	void textIsTheSameInSeededPieces() {
		Random random = new Random(3);
		List<Line> lines = Corpus.lines();
		for (int n = 0; n < 300; n++) {
			StringBuilder text = new StringBuilder();
			for (int i = 0; i < 4; i++) {
				text.append(lines.get(random.nextInt(lines.size())).text()).append(random.nextBoolean() ? " " : "");
			}
			List<String> pieces = new ArrayList<>();
			int from = 0;
			while (from < text.length()) {
				int to = Math.min(text.length(), from + 1 + random.nextInt(6));
				pieces.add(text.substring(from, to));
				from = to;
			}
			assertThat(inPieces(this.redactor, pieces, new StringBuilder())).isEqualTo(redact(text.toString()));
		}
	}

	@Test
	void textWithoutAnyIsTheSameInstance() {
		String text = "Nothing is in here, 2026-11-28.";
		assertThat(redact(text)).isSameAs(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Hello world ", "One, two; three! ", "你好，世界。", "1 + 1 = " })
	void nothingIsHeldBackWhereNoMatchHasBegun(String text) {
		StringBuilder early = new StringBuilder();
		inPieces(this.redactor, List.of(text), early);
		assertThat(early).hasToString(text);
	}

	@Test
	void longRunThatIsNoMatchIsPassedOnAsItIs() {
		StringBuilder early = new StringBuilder();
		String run = "a".repeat(2000);
		assertThat(inPieces(this.redactor, List.of(run, " and bob@example.com."), early))
			.isEqualTo(run + " and [EMAIL].");
		inPieces(this.redactor, List.of(run), early);
		assertThat(early.length()).isGreaterThan(1000);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "badge B-123456 here|badge [BADGE] here",
			"B-12345 is short|B-12345 is short", "B-123456 B-654321|[BADGE] [BADGE]", "xB-1234567|x[BADGE]7" })
	void expressionsAreFound(String text, String redacted) {
		Redactor own = redactor(List.of(new Expression("badge", "B-\\d{6}", null)), List.of());
		assertThat(own.redact(text, plain()::replace)).isEqualTo(redacted);
		for (int i = 0; i <= text.length(); i++) {
			assertThat(inPieces(own, List.of(text.substring(0, i), text.substring(i)), new StringBuilder()))
				.isEqualTo(redacted);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '~', quoteCharacter = '`',
			value = { "B-\\d+~10~B-12345678901234 x~[OWN]901234 x", "B-\\d+~10~B-12345678 x~[OWN] x",
					"x[a-w ]*y~5~xabcdefgy xaby~xabcdefgy [OWN]",
					"(?i)acme(?:-corp|\\.com)?~30~at ACME-corp or acme.~at [OWN] or [OWN].",
					"(foo|foobar)+!~20~foobarfoo! foo~[OWN] foo", "\\bcat\\b~9~cat concat cat's~[OWN] concat [OWN]'s",
					"[[:upper:]]{2}\\d{2,4}\\x41?~9~AB12 AB123A aB1~[OWN] [OWN] aB1",
					"\\Qa.b\\E\\p{Greek}?~9~a.bα axb~[OWN] axb" })
	void expressionsAreTheSameSplitAtEveryPosition(String regex, int longest, String text, String redacted) {
		Redactor own = redactor(List.of(new Expression("own", regex, longest)), List.of());
		assertThat(own.redact(text, plain()::replace)).isEqualTo(redacted);
		for (int i = 0; i <= text.length(); i++) {
			for (int j = i; j <= text.length(); j++) {
				List<String> pieces = List.of(text.substring(0, i), text.substring(i, j), text.substring(j));
				assertThat(inPieces(own, pieces, new StringBuilder())).as("%s", pieces).isEqualTo(redacted);
			}
		}
	}

	@Test
	void expressionsHoldBackOnlyWhatHasBegun() {
		Redactor own = Redactors.of(TestSettings.of(RedactionSettings.class, "detectors", List.of(), "patterns",
				List.of(new Expression("badge", "B-\\d{6}", null))), List.of());
		StringBuilder early = new StringBuilder();
		inPieces(own, List.of("Hello, badge B-12"), early);
		assertThat(early).hasToString("Hello, badge ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "B-(", "(?=x)y", "(a)\\1", "a*" })
	void wrongExpressionIsRefusedByItsName(String regex) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> redactor(List.of(new Expression("badge", regex, null)), List.of()))
			.withMessageContaining("'badge'");
	}

	@Test
	void stopWordsAreNeverTakenOut() {
		Redactor own = redactor(List.of(), List.of("Support@Example.com"));
		assertThat(own.redact("support@example.com or bob@example.com", plain()::replace))
			.isEqualTo("support@example.com or [EMAIL]");
	}

	@Test
	void overlappingMatchesBecomeOne() {
		Redactor own = redactor(List.of(new Expression("name", "bob@ex", null)), List.of());
		assertThat(own.redact("to bob@example.com.", plain()::replace)).isEqualTo("to [EMAIL].");
	}

	@Test
	void ownDetectorsAreAsked() {
		Redactor own = redactor(List.of(), List.of(), new CustomerNumbers());
		for (int i = 0; i < 20; i++) {
			String text = "customer C77 and C78";
			assertThat(inPieces(own, List.of(text.substring(0, i), text.substring(i)), new StringBuilder()))
				.isEqualTo("customer [CUSTOMER_NUMBER] and [CUSTOMER_NUMBER]");
		}
	}

	static final class CustomerNumbers implements PiiDetector {

		@Override
		public String type() {
			return "customer-number";
		}

		@Override
		public List<Span> find(CharSequence text) {
			List<Span> spans = new ArrayList<>();
			for (int i = 0; i + 3 <= text.length(); i++) {
				if (text.charAt(i) == 'C' && Character.isDigit(text.charAt(i + 1))) {
					spans.add(new Span(i, i + 3));
				}
			}
			return spans;
		}

	}

	@Test
	void numbersLeadBackInTheOrderOfAppearance() {
		Placeholders placeholders = new Placeholders(true, RedactionListener.NONE);
		placeholders.avoid("my own [EMAIL_2]");
		assertThat(this.redactor.redact("a@x.org b@x.org a@x.org c@x.org +49 30 901820", placeholders::replace))
			.isEqualTo("[EMAIL_1] [EMAIL_3] [EMAIL_1] [EMAIL_4] [PHONE_1]");
		placeholders.endRequest();
		Redactor answers = this.redactor.with(placeholders.restoring());
		assertThat(
				answers.redact("[EMAIL_1], [EMAIL_2], [EMAIL_3], b@x.org, new@x.org, [EMAIL_5]", placeholders::replace))
			.isEqualTo("a@x.org, [EMAIL_2], b@x.org, b@x.org, [EMAIL_5], [EMAIL_5]");
	}

}
