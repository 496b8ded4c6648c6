package io.arcllm.module;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Usage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * A provider whose answers are given by hand, and which knows how many it is asked for at
 * once.
 */
public final class TestProvider implements LlmProvider {

	private final List<Sinks.Many<LlmEvent>> calls = new CopyOnWriteArrayList<>();

	private final AtomicInteger running = new AtomicInteger();

	@Override
	public String name() {
		return "test";
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> {
			Sinks.Many<LlmEvent> answer = Sinks.many().unicast().onBackpressureBuffer();
			this.running.incrementAndGet();
			this.calls.add(answer);
			return answer.asFlux()
				.doOnTerminate(this.running::decrementAndGet)
				.doOnCancel(this.running::decrementAndGet);
		});
	}

	/** How many were asked for so far. */
	public int asked() {
		return this.calls.size();
	}

	/** How many are open. */
	public int running() {
		return this.running.get();
	}

	/** A word of that call's answer. */
	public void say(int call, String text) {
		this.calls.get(call).emitNext(new LlmEvent.TextDelta(text), Sinks.EmitFailureHandler.FAIL_FAST);
	}

	/** The end of that call's answer. */
	public void answer(int call) {
		answer(call, Usage.UNKNOWN);
	}

	/** The end of that call's answer. */
	public void answer(int call, Usage usage) {
		LlmResponse response = LlmResponse.of("hello").withText("hello", usage);
		this.calls.get(call).emitNext(new LlmEvent.Completed(response), Sinks.EmitFailureHandler.FAIL_FAST);
		this.calls.get(call).emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
	}

	/** The failure of that call. */
	public void fail(int call, Throwable failure) {
		this.calls.get(call).emitError(failure, Sinks.EmitFailureHandler.FAIL_FAST);
	}

}
