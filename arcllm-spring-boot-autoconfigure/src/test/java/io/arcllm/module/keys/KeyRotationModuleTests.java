package io.arcllm.module.keys;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same target with another key.
 */
class KeyRotationModuleTests {

	private final Call call = new Call(Duration.ofMinutes(10), 10);

	private final AtomicInteger keysLeft = new AtomicInteger(1);

	private Outcome ask(Script vendor, Call call, boolean streaming) {
		LlmProvider stack = new KeyRotationModule(vendor.guarded(), (failure) -> this.keysLeft.getAndDecrement() > 0);
		return Outcome.of(stack.exchange(LlmRequest.of("Hi").withStreaming(streaming)), call);
	}

	@WholeAndStreamed
	void refusedKeyIsFollowedByAnotherAtOnce(boolean streaming) {
		Script vendor = new Script("v", Script.fails(ErrorKind.RATE_LIMITED), Script.says("Hello"));
		assertThat(ask(vendor, this.call, streaming).answer().text()).isEqualTo("Hello");
		assertThat(this.call.trail().attempts()).extracting(Attempt::cause)
			.containsExactly(Attempt.Cause.FIRST, Attempt.Cause.OTHER_KEY);
		assertThat(this.call.trail().attempts().get(1).waited()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void tableSaysWhichFailuresAreTheKeys(ErrorKind kind) {
		Script vendor = new Script("v", Script.fails(kind), Script.says("Hello"));
		ask(vendor, this.call, false);
		assertThat(vendor.asked()).isEqualTo(kind.asksAnotherKey() ? 2 : 1);
	}

	@WholeAndStreamed
	void withoutAnotherKeyTheRefusalComesOut(boolean streaming) {
		Script vendor = new Script("v", Script.fails(ErrorKind.AUTHENTICATION));
		Outcome outcome = ask(vendor, this.call, streaming);
		assertThat(outcome.kind()).isEqualTo(ErrorKind.AUTHENTICATION);
		assertThat(vendor.asked()).isEqualTo(2);
	}

	@Test
	void eachKeyIsAnAttemptOfTheCall() {
		this.keysLeft.set(10);
		Script vendor = new Script("v", Script.fails(ErrorKind.QUOTA_EXHAUSTED));
		assertThat(ask(vendor, new Call(Duration.ofMinutes(10), 3), false).kind()).isEqualTo(ErrorKind.QUOTA_EXHAUSTED);
		assertThat(vendor.asked()).isEqualTo(3);
	}

	@Test
	void brokenStreamIsNotBegunAgainWithAnotherKey() {
		Script vendor = new Script("v", Script.breaksAfter("Hel"), Script.says("Hello"));
		assertThat(ask(vendor, this.call, true).kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(vendor.asked()).isOne();
	}

}
