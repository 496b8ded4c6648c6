package io.arcllm.module;

import java.util.function.Function;

import io.arcllm.LlmEvent;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * An answer that is begun anew for each subscriber, in whose context. What
 * {@link Flux#deferContextual} does, in one step: every call goes through several of
 * them.
 */
public final class Begun extends Flux<LlmEvent> {

	private final Function<Context, Flux<LlmEvent>> beginning;

	private Begun(Function<Context, Flux<LlmEvent>> beginning) {
		this.beginning = beginning;
	}

	/**
	 * An answer that begins like this.
	 * @param beginning asked once a subscription; what it throws fails that
	 */
	public static Flux<LlmEvent> by(Function<Context, Flux<LlmEvent>> beginning) {
		return new Begun(beginning);
	}

	@Override
	public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
		Flux<LlmEvent> answer;
		try {
			answer = this.beginning.apply(actual.currentContext());
		}
		catch (Throwable ex) {
			Operators.error(actual, Operators.onOperatorError(ex, actual.currentContext()));
			return;
		}
		answer.subscribe(actual);
	}

}
