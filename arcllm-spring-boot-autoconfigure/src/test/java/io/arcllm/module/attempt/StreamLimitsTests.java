package io.arcllm.module.attempt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.WireListener;
import io.arcllm.module.Call;
import io.arcllm.module.AttemptLimits.MinRate;
import io.arcllm.module.Outcome;
import io.arcllm.module.Scope;
import io.arcllm.module.Script;
import io.arcllm.module.TestProvider;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.bulkhead.BulkheadModule;
import io.arcllm.module.bulkhead.BulkheadSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Streams that crawl, that repeat themselves, and that are read by no one any more.
 */
class StreamLimitsTests {

	private static final Duration LONG = Duration.ofHours(1);

	private static final Target TARGET = new Target("test", "m");

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private final TestProvider provider = new TestProvider();

	private Call call;

	private final Bulkhead bulkhead = new Bulkhead(TARGET, BulkheadSettings.of(1, 0, Duration.ofSeconds(1)));

	@BeforeEach
	void call() {
		this.call = new Call(LONG, 10);
	}

	private Flux<LlmEvent> ask(String rate, Duration unread) {
		MinRate minRate = rate.isEmpty() ? null : MinRate.of(rate);
		LlmProvider stack = new BulkheadModule(
				new TimeoutModule(new ContractModule(this.provider, TARGET), TestSettings.of(TimeoutSettings.class,
						"attempt", LONG, "first-token", LONG, "idle", LONG, "min-rate", minRate, "unread", unread)),
				this.bulkhead);
		return stack.stream(LlmRequest.of("Hi"));
	}

	private void speak(int seconds) {
		for (int i = 0; i < seconds; i++) {
			this.time.seconds(1);
			this.provider.say(0, "word");
		}
	}

	@Test
	void streamThatCrawlsIsGivenUpAfterItsWindow() {
		Outcome outcome = Outcome.of(ask("2/s over 10s", Duration.ZERO), this.call);
		this.time.seconds(300);
		assertThat(outcome.isOpen()).as("no word, no window").isTrue();
		this.provider.say(0, "word");
		speak(9);
		assertThat(outcome.isOpen()).isTrue();
		this.time.seconds(1);
		LlmException failure = outcome.failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.stage()).isEqualTo(TimeoutStage.RATE);
		assertThat(failure.partial().text()).startsWith("word");
		assertThat(this.provider.running()).isZero();
		assertThat(this.call.trail().attempts()).singleElement().returns(ErrorKind.TIMEOUT, Attempt::error);
	}

	@Test
	void streamThatIsFastEnoughGoesOn() {
		Outcome outcome = Outcome.of(ask("1/s over 10s", Duration.ZERO), this.call);
		this.provider.say(0, "word");
		speak(50);
		assertThat(outcome.isOpen()).isTrue();
	}

	@Test
	void timeWithoutDemandIsNoPartOfTheWindow() {
		BySteps reader = read(ask("1/s over 10s", Duration.ZERO));
		reader.request(1);
		this.provider.say(0, "word");
		this.time.seconds(600);
		assertThat(reader.failure).isNull();
		reader.request(100);
		this.time.seconds(11);
		assertThat(reader.failure).isInstanceOfSatisfying(LlmException.class,
				(failure) -> assertThat(failure.stage()).isEqualTo(TimeoutStage.RATE));
	}

	@Test
	void readerThatAsksForNothingIsGone() {
		BySteps reader = read(ask("", Duration.ofMinutes(10)));
		reader.request(1);
		this.provider.say(0, "word");
		this.time.seconds(599);
		assertThat(reader.failure).isNull();
		this.time.seconds(2);
		assertThat(reader.failure).isInstanceOfSatisfying(LlmException.class,
				(failure) -> assertThat(failure.kind()).isEqualTo(ErrorKind.CANCELLED));
		assertThat(this.provider.running()).isZero();
		assertThat(this.bulkhead.status().running()).isZero();
		assertThat(this.call.trail().attempts()).singleElement().returns(Attempt.Outcome.CANCELLED, Attempt::outcome);
	}

	@Test
	void readerThatNeverAskedIsGoneToo() {
		BySteps reader = read(ask("", Duration.ofSeconds(5)));
		this.time.seconds(6);
		assertThat(reader.failure).isNotNull();
		assertThat(this.bulkhead.status().running()).isZero();
	}

	@Test
	void slowReaderIsNotGone() {
		BySteps reader = read(ask("", Duration.ofSeconds(10)));
		for (int i = 0; i < 20; i++) {
			reader.request(1);
			this.provider.say(0, "word");
			this.time.seconds(9);
		}
		reader.request(1);
		this.time.seconds(60);
		assertThat(reader.failure).isNull();
	}

	@Test
	void zeroIsNever() {
		BySteps reader = read(ask("", Duration.ZERO));
		this.time.seconds(3000);
		assertThat(reader.failure).isNull();
	}

	private BySteps read(Flux<LlmEvent> answer) {
		BySteps reader = new BySteps();
		answer.contextWrite((context) -> new Scope(this.call).into(context)).subscribe(reader);
		return reader;
	}

	private static final class BySteps extends BaseSubscriber<LlmEvent> {

		private Throwable failure;

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
		}

		@Override
		protected void hookOnError(Throwable failure) {
			this.failure = failure;
		}

	}

	@ParameterizedTest
	@ValueSource(strings = { "5", "5/m", "0/s", "5/s over 10", "fast" })
	void otherRatesAreMistakes(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> MinRate.of(text));
	}

	@Test
	void rateIsReadAsItIsWritten() {
		assertThat(MinRate.of("5/s over 10s")).isEqualTo(new MinRate(5, Duration.ofSeconds(10)));
		assertThat(MinRate.of("7/s")).hasToString("7/s over 10s");
	}

	private static String block() {
		StringBuilder block = new StringBuilder();
		for (int i = 0; i < 50; i++) {
			block.append((char) ('a' + i % 26)).append(i % 10).append((char) ('A' + i % 17)).append(' ');
		}
		return block.toString();
	}

	private Outcome repeat(int most, String text, int piece) {
		List<LlmEvent> events = new ArrayList<>();
		for (int i = 0; i < text.length(); i += piece) {
			events.add(new LlmEvent.TextDelta(text.substring(i, Math.min(text.length(), i + piece))));
		}
		events.add(Script.completed(text));
		LlmProvider inner = (request) -> Flux.fromIterable(events);
		return Outcome
			.of(new ContractModule(new RepetitionGuardModule(inner, TARGET, most), TARGET).stream(LlmRequest.of("Hi")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 200, 10_000 })
	void answerThatRepeatsItselfIsInterrupted(int piece) {
		Outcome outcome = repeat(3, "It begins: " + block().repeat(4) + "end", piece);
		assertThat(outcome.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(outcome.failure().partial().text()).startsWith("It begins: ");
	}

	@Test
	void fewerRepetitionsAndOthersWithSomethingBetweenAreFine() {
		assertThat(repeat(3, "It begins: " + block().repeat(3) + "end", 10).answer()).isNotNull();
		assertThat(repeat(3, (block() + "-").repeat(9), 10).answer()).isNotNull();
	}

	@WholeAndStreamed
	void limitsChangeNothingForAnAnswerThatComes(boolean streaming) {
		LlmProvider stack = new TimeoutModule(new ContractModule(new Script("test", Script.says("Hello")), TARGET),
				TestSettings.of(TimeoutSettings.class, "attempt", LONG, "first-token", LONG, "idle", LONG, "min-rate",
						"5/s"));
		assertThat(Outcome.of(stack.exchange(LlmRequest.of("Hi").withStreaming(streaming))).answer().text())
			.isEqualTo("Hello");
	}

	@WholeAndStreamed
	void waitForAThreadIsNoSilence(boolean streaming) {
		AtomicReference<WireListener> listener = new AtomicReference<>();
		LlmProvider waiting = (request) -> Flux.deferContextual((context) -> {
			listener.set(WireListener.of(context));
			listener.get().waiting();
			return Flux.never();
		});
		Duration limit = Duration.ofSeconds(60);
		LlmProvider stack = new TimeoutModule(new ContractModule(waiting, TARGET), TestSettings
			.of(TimeoutSettings.class, "attempt", limit, "first-token", limit, "idle", limit, "unread", "0s"));
		Outcome outcome = Outcome.of(stack.exchange(LlmRequest.of("Hi").withStreaming(streaming)), this.call);
		this.time.seconds(600);
		assertThat(outcome.isOpen()).isTrue();
		listener.get().begun();
		this.time.seconds(59);
		assertThat(outcome.isOpen()).isTrue();
		this.time.seconds(2);
		assertThat(outcome.kind()).isEqualTo(ErrorKind.TIMEOUT);
	}

}
