package io.arcllm.module;

import java.util.Objects;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * The base class of every module: a provider around another one. A module overrides
 * {@link #exchange} and calls {@code inner.exchange} in it, so it treats whole and
 * streamed calls alike.
 */
public abstract class BaseModule implements LlmProvider {

	protected final LlmProvider inner;

	/**
	 * @param inner the provider that this module wraps
	 */
	protected BaseModule(LlmProvider inner) {
		this.inner = Objects.requireNonNull(inner, "inner");
	}

	@Override
	public String name() {
		return this.inner.name();
	}

	@Override
	public boolean validateConfig() {
		return this.inner.validateConfig();
	}

	/**
	 * Asks for one subscriber, in whose context, what {@link #exchange} asks for each. A
	 * module that overrides this returns {@link #each} there: the modules around it then
	 * make no flux for a call.
	 */
	protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
		answer(this, request).subscribe(actual);
	}

	/** What {@link #subscribe} does, for each subscriber. */
	protected final Flux<LlmEvent> each(LlmRequest request) {
		Objects.requireNonNull(request, "request");
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				BaseModule.this.subscribe(request, actual);
			}

		};
	}

	/**
	 * Asks a provider for one subscriber. What it throws instead of answering fails that.
	 */
	protected static void ask(LlmProvider provider, LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
		if (provider instanceof BaseModule module) {
			module.subscribe(request, actual);
		}
		else {
			answer(provider, request).subscribe(actual);
		}
	}

	private static Flux<LlmEvent> answer(LlmProvider provider, LlmRequest request) {
		try {
			return Objects.requireNonNull(provider.exchange(request), "exchange returned null");
		}
		catch (Throwable ex) {
			return Flux.error(ex);
		}
	}

	/**
	 * The stack as text, such as {@code Retry(Fallback(anthropic))}.
	 */
	@Override
	public String toString() {
		return getClass().getSimpleName().replaceAll("Module$", "") + "(" + this.inner + ")";
	}

}
