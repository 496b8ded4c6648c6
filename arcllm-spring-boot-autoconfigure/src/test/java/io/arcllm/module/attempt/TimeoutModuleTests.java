package io.arcllm.module.attempt;

import java.time.Duration;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.TestProvider;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * How long an attempt may be silent.
 */
class TimeoutModuleTests {

	private static final Target TARGET = new Target("test", "m");

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private final TestProvider vendor = new TestProvider();

	private Call call;

	@BeforeEach
	void call() {
		this.call = new Call(Duration.ofMinutes(10), 10);
	}

	private Outcome ask(boolean streaming) {
		return Outcome
			.of(new TimeoutModule(new ContractModule(this.vendor, TARGET), TestSettings.of(TimeoutSettings.class))
				.exchange(LlmRequest.of("Hi").withStreaming(streaming)), this.call);
	}

	@WholeAndStreamed
	void silenceBeforeTheFirstWordEndsTheAttempt(boolean streaming) {
		Outcome outcome = ask(streaming);
		this.time.seconds(streaming ? 59 : 119);
		assertThat(outcome.isOpen()).isTrue();
		this.time.seconds(1);
		assertThat(outcome.kind()).isEqualTo(ErrorKind.TIMEOUT);
		assertThat(outcome.failure().stage()).isEqualTo(streaming ? TimeoutStage.FIRST_TOKEN : TimeoutStage.ATTEMPT);
		assertThat(this.vendor.running()).as("the connection is given up").isZero();
		assertThat(this.call.trail().attempts()).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.FAILED);
	}

	@Test
	void eachWordOfAStreamBeginsTheIdleTimeAnew() {
		Outcome outcome = ask(true);
		for (int i = 0; i < 5; i++) {
			this.time.seconds(59);
			this.vendor.say(0, "word ");
		}
		assertThat(outcome.isOpen()).isTrue();
		this.time.seconds(60);
		assertThat(outcome.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(outcome.failure().stage()).isEqualTo(TimeoutStage.IDLE);
		assertThat(outcome.failure().partial().text()).startsWith("word word");
	}

	@WholeAndStreamed
	void answerInTimeStaysAsItIs(boolean streaming) {
		Outcome outcome = ask(streaming);
		this.time.seconds(59);
		this.vendor.answer(0);
		this.time.seconds(600);
		assertThat(outcome.answer().text()).isEqualTo("hello");
	}

	@Test
	void everyTryHasTheWholeTimeAgain() {
		ask(true);
		this.time.seconds(50);
		Outcome later = ask(true);
		this.time.seconds(59);
		assertThat(later.isOpen()).isTrue();
		this.time.seconds(1);
		assertThat(later.kind()).isEqualTo(ErrorKind.TIMEOUT);
	}

	@Test
	void settingsNameTheKeyThatIsWrong() {
		for (String key : new String[] { "attempt", "first-token", "idle" }) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> TestSettings.of(TimeoutSettings.class, key, Duration.ZERO))
				.withMessageContaining(key);
		}
	}

}
