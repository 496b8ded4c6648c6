package io.arcllm.module.bulkhead;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.Priority;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.TestProvider;
import io.arcllm.module.attempt.ContractModule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BulkheadModuleTests {

	private static final Target TARGET = new Target("test", "model");

	private final TestProvider provider = new TestProvider();

	private final Bulkhead bulkhead = new Bulkhead(TARGET, BulkheadSettings.of(1, 2, Duration.ofSeconds(30)));

	private final BulkheadModule module = new BulkheadModule(this.provider, this.bulkhead);

	private VirtualTimeScheduler time;

	@BeforeEach
	void virtualTime() {
		this.time = VirtualTimeScheduler.getOrSet();
	}

	@AfterEach
	void realTime() {
		VirtualTimeScheduler.reset();
	}

	private Outcome call() {
		return Outcome.of(this.module.exchange(LlmRequest.of("hi")));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void nextInQueueStartsWhenTheOneBeforeEnds(boolean streaming) {
		LlmRequest request = LlmRequest.of("hi").withStreaming(streaming);
		Outcome first = Outcome.of(this.module.exchange(request));
		Outcome second = Outcome.of(this.module.exchange(request));
		this.provider.say(0, "he");
		assertThat(this.provider.asked()).isOne();
		this.provider.answer(0);
		assertThat(this.provider.asked()).isEqualTo(2);
		this.provider.answer(1);
		assertThat(first.answer()).isNotNull();
		assertThat(second.answer()).isNotNull();
		assertThat(this.bulkhead.status()).isEqualTo(new BulkheadStatus(0, 0, 1, 2, 2, 0));
	}

	@Test
	void queueIsFirstComeFirstServed() {
		List<Integer> order = new ArrayList<>();
		Outcome running = call();
		for (int i = 1; i <= 2; i++) {
			int number = i;
			Outcome
				.of(Flux.defer(() -> this.module.exchange(LlmRequest.of("hi"))).doOnNext((event) -> order.add(number)));
		}
		this.provider.answer(0);
		this.provider.answer(1);
		this.provider.answer(2);
		assertThat(order).containsExactly(1, 2);
		assertThat(running.answer()).isNotNull();
	}

	@WholeAndStreamed
	void higherPriorityGoesFirst(boolean streaming) {
		List<Priority> order = new ArrayList<>();
		Bulkhead wide = new Bulkhead(TARGET, BulkheadSettings.of(1, 9, Duration.ofSeconds(30)));
		BulkheadModule gate = new BulkheadModule(this.provider, wide);
		Outcome.of(gate.exchange(LlmRequest.of("hi")));
		for (Priority priority : List.of(Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.HIGH)) {
			Outcome.of(gate.exchange(of(priority, streaming)).doOnNext((event) -> order.add(priority)));
		}
		for (int i = 0; i < 5; i++) {
			this.provider.answer(i);
		}
		assertThat(order).containsExactly(Priority.HIGH, Priority.HIGH, Priority.NORMAL, Priority.LOW);
	}

	@WholeAndStreamed
	void lowPriorityLeavesAFullQueueFirst(boolean streaming) {
		call();
		Outcome low = Outcome.of(this.module.exchange(of(Priority.LOW, streaming)));
		Outcome later = Outcome.of(this.module.exchange(of(Priority.LOW, streaming)));
		assertThat(this.bulkhead.rejection(null, Priority.LOW)).isNotNull();
		assertThat(this.bulkhead.rejection(null, Priority.HIGH)).isNull();
		Outcome high = Outcome.of(this.module.exchange(of(Priority.HIGH, streaming)));
		assertThat(later.failure()).isInstanceOf(BulkheadFullException.class)
			.hasMessageContaining("a call of higher priority took its place");
		assertThat(low.isOpen()).isTrue();
		assertThat(this.bulkhead.status()).isEqualTo(new BulkheadStatus(1, 2, 1, 2, 1, 1));
		Outcome another = Outcome.of(this.module.exchange(of(Priority.LOW, streaming)));
		assertThat(another.kind()).isEqualTo(ErrorKind.BULKHEAD_FULL);
		this.provider.answer(0);
		this.provider.answer(1);
		assertThat(high.answer()).isNotNull();
		assertThat(low.isOpen()).isTrue();
	}

	@Test
	void otherSettingsTakeNobodysPlaceAndLetWaitersIn() {
		Outcome running = call();
		Outcome queued = call();
		call();
		this.bulkhead.use(BulkheadSettings.of(2, 1, Duration.ofSeconds(30)));
		assertThat(this.provider.asked()).isEqualTo(2);
		this.bulkhead.use(BulkheadSettings.of(1, 2, Duration.ofSeconds(30)));
		assertThat(this.bulkhead.status()).isEqualTo(new BulkheadStatus(2, 1, 1, 2, 2, 0));
		this.provider.answer(0);
		assertThat(running.answer()).isNotNull();
		assertThat(this.provider.asked()).isEqualTo(2);
		this.provider.answer(1);
		assertThat(queued.answer()).isNotNull();
		assertThat(this.provider.asked()).isEqualTo(3);
	}

	private static LlmRequest of(Priority priority, boolean streaming) {
		return LlmRequest.builder()
			.messages(Message.user("hi"))
			.callOptions(CallOptions.builder().priority(priority).build())
			.build()
			.withStreaming(streaming);
	}

	@Test
	void fullQueueRefusesAtOnce() {
		call();
		call();
		assertThat(this.bulkhead.rejection()).isNull();
		call();
		assertThat(this.bulkhead.rejection()).isNotNull();
		Call call = new Call(Duration.ofMinutes(1), 10);
		Outcome refused = Outcome.of(this.module.exchange(LlmRequest.of("hi")), call);
		assertThat(refused.failure()).isInstanceOf(BulkheadFullException.class)
			.hasMessageContaining("test/model")
			.hasMessageContaining("1 calls under way, 2 queued");
		assertThat(refused.kind()).isEqualTo(ErrorKind.BULKHEAD_FULL);
		assertThat(call.trail().attempts()).singleElement()
			.returns(Attempt.Outcome.SKIPPED, Attempt::outcome)
			.returns(ErrorKind.BULKHEAD_FULL, Attempt::error);
		assertThat(this.provider.asked()).isOne();
	}

	@Test
	void queueTimeoutBindsOnlyWhileQueued() {
		Outcome running = call();
		Outcome queued = call();
		this.time.advanceTimeBy(Duration.ofSeconds(29));
		this.provider.answer(0);
		this.time.advanceTimeBy(Duration.ofMinutes(5));
		assertThat(queued.isOpen()).isTrue();
		this.provider.answer(1);
		assertThat(queued.answer()).isNotNull();
		assertThat(running.answer()).isNotNull();
	}

	@Test
	void waiterThatTimedOutIsNeverExecuted() {
		call();
		Outcome queued = call();
		this.time.advanceTimeBy(Duration.ofSeconds(30));
		assertThat(queued.kind()).isEqualTo(ErrorKind.BULKHEAD_FULL);
		this.provider.answer(0);
		assertThat(this.provider.asked()).isOne();
		assertThat(this.bulkhead.status()).isEqualTo(new BulkheadStatus(0, 0, 1, 2, 1, 1));
	}

	@Test
	void waiterThatWentAwayIsNeverExecutedAndFreesItsSeat() {
		call();
		Outcome queued = call();
		Outcome behind = call();
		queued.cancel();
		assertThat(this.bulkhead.status().queued()).isOne();
		this.provider.answer(0);
		assertThat(this.provider.asked()).isEqualTo(2);
		this.provider.answer(1);
		assertThat(behind.answer()).isNotNull();
		assertThat(this.bulkhead.status().running()).isZero();
	}

	@Test
	void waiterGivesUpAtTheDeadlineOfItsCall() {
		call();
		Call call = new Call(Duration.ofSeconds(10), 10);
		Outcome queued = Outcome.of(this.module.exchange(LlmRequest.of("hi")), call);
		this.time.advanceTimeBy(Duration.ofSeconds(10));
		assertThat(queued.kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
		assertThat(this.bulkhead.status().queued()).isZero();
	}

	@Test
	void cancelledStreamGivesItsPlaceBackAtOnce() {
		Outcome stream = call();
		this.provider.say(0, "he");
		stream.cancel();
		assertThat(this.provider.running()).isZero();
		assertThat(this.bulkhead.status().running()).isZero();
	}

	@Test
	void failedCallGivesItsPlaceBack() {
		Outcome failed = call();
		this.provider.fail(0, LlmException.of(ErrorKind.NETWORK, "reset").build());
		assertThat(failed.kind()).isEqualTo(ErrorKind.NETWORK);
		assertThat(this.bulkhead.status().running()).isZero();
	}

	@Test
	void placeIsBackBeforeTheCallerIsTold() {
		Bulkhead one = new Bulkhead(TARGET, BulkheadSettings.of(1, 0, Duration.ofSeconds(1)));
		BulkheadModule sequential = new BulkheadModule(
				(request) -> Mono.just(new LlmEvent.Completed(LlmResponse.of("hi"))).cast(LlmEvent.class).flux(), one);
		for (int i = 0; i < 1000; i++) {
			assertThat(sequential.invokeAsync(LlmRequest.of("hi"))
				.flatMap((answer) -> sequential.invokeAsync(LlmRequest.of("again")))
				.block()).isNotNull();
		}
	}

	@Test
	void providerThatThrowsGivesThePlaceBack() {
		BulkheadModule throwing = new BulkheadModule((request) -> {
			throw new IllegalStateException("broken");
		}, this.bulkhead);
		assertThat(Outcome.of(throwing.exchange(LlmRequest.of("hi"))).isOpen()).isFalse();
		assertThat(this.bulkhead.status().running()).isZero();
	}

	@Test
	void waitIsNotedInTheTrail() {
		call();
		Call call = new Call(Duration.ofMinutes(5), 10);
		Outcome queued = Outcome.of(new BulkheadModule(new ContractModule(this.provider, TARGET), this.bulkhead)
			.exchange(LlmRequest.of("hi")), call);
		this.time.advanceTimeBy(Duration.ofSeconds(7));
		this.provider.answer(0);
		this.provider.answer(1);
		assertThat(queued.answer()).isNotNull();
		assertThat(call.trail().attempts()).singleElement().returns(Duration.ofSeconds(7), Attempt::waited);
	}

	@Test
	void settingsNameTheKeyThatIsWrong() {
		assertThatIllegalArgumentException().isThrownBy(() -> BulkheadSettings.of(0, 1, Duration.ofSeconds(1)))
			.withMessageContaining("max-concurrent");
		assertThatIllegalArgumentException().isThrownBy(() -> BulkheadSettings.of(1, -1, Duration.ofSeconds(1)))
			.withMessageContaining("max-queue");
		assertThatIllegalArgumentException().isThrownBy(() -> BulkheadSettings.of(1, 1, Duration.ZERO))
			.withMessageContaining("queue-timeout");
	}

}
