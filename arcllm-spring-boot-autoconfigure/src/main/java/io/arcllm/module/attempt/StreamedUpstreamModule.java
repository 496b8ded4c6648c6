package io.arcllm.module.attempt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import io.arcllm.Attempt;
import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Parameter;
import io.arcllm.RefusedParameter;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.WireListener;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.ForwardingListener;
import io.arcllm.module.Scope;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * A guard around the contract: requests whole answers as streams, so that the limits of
 * streams apply, hedges see a first word, and an answer that breaks off has a partial
 * answer. Nothing is passed on before the end, so the whole request may be tried again.
 * It stands outside {@link ContractModule}, which therefore sees every token when it
 * arrives.
 */
public final class StreamedUpstreamModule extends BaseModule {

	private final Target target;

	private final RefusedParameters refusals;

	private final Predicate<Target> unstreamed;

	private final boolean inOneMessage;

	/**
	 * For a provider whose whole answers have their blocks in the order of streams.
	 * @param inner a provider that keeps the contract
	 * @param target its name, and the model of requests that name none
	 * @param refusals the parameters that targets refused within the last hour
	 * @param unstreamed whether a target is configured not to stream
	 */
	public StreamedUpstreamModule(LlmProvider inner, Target target, RefusedParameters refusals,
			Predicate<Target> unstreamed) {
		this(inner, target, refusals, unstreamed, false);
	}

	/**
	 * @param inner a provider that keeps the contract
	 * @param target its name, and the model of requests that name none
	 * @param refusals the parameters that targets refused within the last hour
	 * @param unstreamed whether a target is configured not to stream
	 * @param inOneMessage whether a whole answer is one message: thinking, then words,
	 * then tool calls, in whatever order they come in a stream
	 */
	public StreamedUpstreamModule(LlmProvider inner, Target target, RefusedParameters refusals,
			Predicate<Target> unstreamed, boolean inOneMessage) {
		super(inner);
		this.target = target;
		this.refusals = refusals;
		this.unstreamed = unstreamed;
		this.inOneMessage = inOneMessage;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		if (request.streaming()) {
			return this.inner.exchange(request);
		}
		Target asked = (request.model() == null) ? this.target : new Target(this.target.provider(), request.model());
		return EventStep.defer((context) -> {
			if (this.unstreamed.test(asked) || this.refusals.of(asked).contains(Parameter.STREAMING)) {
				return this.inner.exchange(request);
			}
			return EventStep
				.around(this.inner.exchange(request.withStreaming(true)),
						(actual) -> new WholeAnswer(actual, this.inOneMessage))
				.onErrorResume(LlmException.class, (failure) -> otherwise(failure, request, asked, Call.of(context)));
		});
	}

	private Flux<LlmEvent> otherwise(LlmException failure, LlmRequest request, Target asked, Call call) {
		if (!refusesStreams(failure)) {
			return Flux.error(failure);
		}
		this.refusals.learn(asked, Parameter.STREAMING);
		return !call.hasAttemptsLeft() ? Flux.error(failure) : this.inner.exchange(request)
			.contextWrite((context) -> Scope.of(context).because(Attempt.Cause.WITHOUT_PARAMETERS).into(context));
	}

	/** Whether a failure means that the model or the account may not stream. */
	private static boolean refusesStreams(LlmException failure) {
		RefusedParameter refused = failure.refusedParameter();
		return refused != null && refused.name().equals(Parameter.STREAMING.word());
	}

	/**
	 * The inner stack only, because this is part of the contract.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * Collects the deltas of one answer and passes on only the whole answer.
	 */
	static final class WholeAnswer extends EventStep implements ForwardingListener {

		private final @Nullable WireListener outer;

		private final Context context;

		private final boolean inOneMessage;

		private boolean spoken;

		WholeAnswer(CoreSubscriber<? super LlmEvent> actual, boolean inOneMessage) {
			super(actual);
			this.inOneMessage = inOneMessage;
			this.outer = WireListener.of(actual.currentContext());
			this.context = actual.currentContext().put(WireListener.class, this);
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public @Nullable WireListener outer() {
			return this.outer;
		}

		/** Requests all deltas, because only the one answer is passed on. */
		@Override
		public void request(long n) {
			super.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(LlmEvent event) {
			LlmResponse answer = event.answer();
			if (answer != null) {
				List<Content> content = this.inOneMessage ? inOneMessage(answer.content()) : answer.content();
				this.actual.onNext(
						content.equals(answer.content()) ? event : new LlmEvent.Completed(answer.withContent(content)));
			}
			else if (!this.spoken && event.isContent()) {
				this.spoken = true;
				if (this.outer != null) {
					this.outer.speaking();
				}
			}
		}

		private static List<Content> inOneMessage(List<Content> blocks) {
			List<Content> before = new ArrayList<>();
			StringBuilder words = new StringBuilder();
			List<Content> calls = new ArrayList<>();
			for (Content block : blocks) {
				if (block instanceof Content.Text text) {
					words.append(text.text());
				}
				else if (block instanceof ToolCall) {
					calls.add(block);
				}
				else {
					add(before, block);
				}
			}
			if (!words.isEmpty()) {
				before.add(new Content.Text(words.toString()));
			}
			before.addAll(calls);
			return before;
		}

		/** Adds a block; thinking that was interrupted by text continues. */
		private static void add(List<Content> before, Content block) {
			Content last = before.isEmpty() ? block : before.get(before.size() - 1);
			if (last != block && last instanceof Content.Thinking first && first.signature() == null
					&& first.redacted() == null && block instanceof Content.Thinking next && next.redacted() == null) {
				before.set(before.size() - 1,
						new Content.Thinking(first.text() + next.text(), next.signature(), null, next.provider()));
			}
			else {
				before.add(block);
			}
		}

		@Override
		public void onError(Throwable failure) {
			this.actual.onError((failure instanceof LlmException known) ? Failures.ofWholeAnswer(known) : failure);
		}

		/** The raw body of a whole answer is its frames. */
		@Override
		public boolean wantsFrames() {
			return true;
		}

	}

}
