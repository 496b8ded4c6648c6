package io.arcllm.autoconfigure.stack;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.CallOptions;
import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmRequest;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.CallListener;
import io.arcllm.module.CallModule;
import io.arcllm.module.Outcome;
import io.arcllm.module.Shutdown;
import io.arcllm.module.TestProvider;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.attempt.ContractModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of an application, by the clock that tests move.
 */
class ShutdownLifecycleTests {

	@RegisterExtension
	final VirtualTime time = new VirtualTime();

	private final Shutdown shutdown = new Shutdown();

	private final ShutdownLifecycle lifecycle = new ShutdownLifecycle(this.shutdown, Duration.ofSeconds(30));

	private final TestProvider vendor = new TestProvider();

	private final AtomicInteger stopped = new AtomicInteger();

	private Outcome ask(boolean streaming) {
		CallModule.Limits limits = new CallModule.Limits(Duration.ofMinutes(10), 3, CallListener.NONE,
				(context) -> RequestMetadata.EMPTY, this.shutdown, CallerContext.Capture.NOTHING);
		return Outcome.of(new CallModule(limits, CallOptions.NONE,
				(options) -> new ContractModule(this.vendor, new Target("test", "m")))
			.exchange(LlmRequest.of("Hi").withStreaming(streaming)));
	}

	@WholeAndStreamed
	void callMayFinishWithinThePhase(boolean streaming) {
		Outcome call = ask(streaming);
		this.lifecycle.stop(this.stopped::incrementAndGet);
		this.time.seconds(29);
		assertThat(call.isOpen()).isTrue();
		assertThat(this.stopped).hasValue(0);
		this.vendor.answer(0);
		this.time.seconds(1);
		assertThat(call.answer().text()).isEqualTo("hello");
		assertThat(this.stopped).hasValue(1);
	}

	@WholeAndStreamed
	void callThatTakesLongerIsInterruptedBeforeThePhaseEnds(boolean streaming) {
		Outcome call = ask(streaming);
		this.lifecycle.stop(this.stopped::incrementAndGet);
		this.time.passes(Duration.ofMillis(29_400));
		assertThat(call.isOpen()).isTrue();
		this.time.passes(Duration.ofMillis(200));
		assertThat(call.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(this.vendor.running()).isZero();
		assertThat(this.stopped).hasValue(1);
	}

	@Test
	void withoutCallsItStopsAtOnceAndNothingBeginsAfterIt() {
		this.lifecycle.stop(this.stopped::incrementAndGet);
		assertThat(this.stopped).hasValue(1);
		assertThat(ask(false).kind()).isEqualTo(ErrorKind.CANCELLED);
		this.lifecycle.start();
		assertThat(ask(false).isOpen()).isTrue();
	}

}
