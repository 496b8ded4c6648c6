package io.arcllm.module.fallback;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.ChainPass;
import io.arcllm.module.EventStep;
import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.Scope;
import io.arcllm.module.Selection;
import io.arcllm.module.fallback.FallbackSettings.OnAnswer;
import io.arcllm.module.fallback.recovery.RecoveryPlan;
import io.arcllm.module.fallback.recovery.StreamRecovery;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A redirector: asks the next target of the chain when one fails before it delivered
 * anything, and recovers the answer after that if recovery is on. No target is asked
 * inside another target's fallback, and none is created before it is asked.
 */
public final class FallbackModule extends BaseModule {

	private final Chain chain;

	private final FallbackSettings settings;

	private final Selection selection;

	private final RecoveryPlan resume;

	private final AnswerJudge judge;

	/**
	 * A chain without recovery of streams.
	 */
	public FallbackModule(Chain chain, FallbackSettings settings, Selection selection) {
		this(chain, settings, selection, RecoveryPlan.NONE);
	}

	/**
	 * A chain that accepts every answer.
	 */
	public FallbackModule(Chain chain, FallbackSettings settings, Selection selection, RecoveryPlan resume) {
		this(chain, settings, selection, resume, AnswerJudge.NONE);
	}

	/**
	 * @param chain the chain; its first target is the primary one
	 * @param settings when to ask the next
	 * @param selection which target to ask first
	 * @param resume how streams that break off are recovered
	 * @param judge decides which answers count as failures
	 */
	public FallbackModule(Chain chain, FallbackSettings settings, Selection selection, RecoveryPlan resume,
			AnswerJudge judge) {
		super(chain.primary().provider());
		this.chain = chain;
		this.settings = settings;
		this.selection = selection;
		this.resume = resume;
		this.judge = judge;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return each(request);
	}

	@Override
	protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
		Scope scope = Scope.of(actual.currentContext());
		if (scope.pass() != null) {
			ask(this.inner, request, actual);
			return;
		}
		FallbackCall call = new FallbackCall(this, request, scope.call());
		call.ask(() -> this.selection.order(this.chain.targets(), request), scope.cause(), actual);
	}

	/**
	 * A chain of one target only recovers streams, so it is not shown.
	 */
	@Override
	public String toString() {
		boolean alone = this.resume.recovery() != Recovery.FAIL && this.chain.isAlone();
		return alone ? "Recovery(" + this.inner + ")" : super.toString();
	}

	/**
	 * The pass of one call through the chain.
	 */
	static final class FallbackCall {

		private static final Log logger = LogFactory.getLog(FallbackModule.class);

		private final Chain chain;

		private final FallbackSettings settings;

		private final RecoveryPlan resume;

		private final AnswerJudge judge;

		private final LlmRequest request;

		private final Call call;

		private final ChainPass pass;

		/**
		 * Whether an answer that counts as a failure is kept; only the first one may be
		 * returned.
		 */
		private boolean hasUseless;

		FallbackCall(FallbackModule module, LlmRequest request, Call call) {
			this.chain = module.chain;
			this.settings = module.settings;
			this.resume = module.resume;
			this.judge = module.judge;
			this.request = request;
			this.call = call;
			this.pass = new ChainPass(call, this.chain.targets());
		}

		/** Asks the first of these targets that may be asked, on subscription. */
		private Flux<LlmEvent> ask(List<Candidate> targets) {
			return new Flux<>() {

				@Override
				public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
					ask(() -> targets, Attempt.Cause.NEXT_TARGET, actual);
				}

			};
		}

		/**
		 * Asks the first of these targets that may be asked, and the next ones if it
		 * fails.
		 */
		void ask(Supplier<List<Candidate>> targets, Attempt.Cause cause, CoreSubscriber<? super LlmEvent> actual) {
			Leg leg;
			LlmProvider provider;
			try {
				leg = first(targets.get(), cause, actual);
				provider = leg.candidate.provider();
			}
			catch (Throwable ex) {
				Operators.error(actual, ex);
				return;
			}
			if (this.judge.judges(this.request)) {
				judged(leg, provider).subscribe(actual);
			}
			else {
				BaseModule.ask(provider, leg.written, leg);
			}
		}

		/**
		 * The first of these targets that may be asked.
		 * @throws LlmException if none may be
		 */
		private Leg first(List<Candidate> targets, Attempt.Cause cause, CoreSubscriber<? super LlmEvent> actual) {
			for (int i = 0; i < targets.size(); i++) {
				Candidate candidate = targets.get(i);
				Attempt.Cause why = (i == 0) ? cause : Attempt.Cause.NEXT_TARGET;
				if (!this.pass.passOver(candidate, this.request, why)) {
					this.call.targets().asking(candidate.target());
					return new Leg(actual, this, candidate, targets.subList(i + 1, targets.size()), why);
				}
				List<Candidate> wider = wider(candidate, targets);
				if (!wider.isEmpty()) {
					return first(wider, Attempt.Cause.NEXT_TARGET, actual);
				}
			}
			throw exhausted();
		}

		/**
		 * The targets for requests that are too long, after a target was passed over for
		 * that reason, unless it is one of them.
		 */
		private List<Candidate> wider(Candidate passedOver, List<Candidate> targets) {
			LlmException rejection = this.pass.failure(passedOver.target());
			boolean tooLong = rejection != null && rejection.kind() == ErrorKind.CONTEXT_WINDOW
					&& !this.chain.contextWindow().contains(passedOver);
			return tooLong ? this.chain.contextWindow() : List.of();
		}

		private boolean isAnyReady(List<Candidate> targets) {
			return targets.stream().anyMatch((other) -> this.pass.isReady(other, this.request));
		}

		/** An answer that is judged when it is complete. */
		private Flux<LlmEvent> judged(Leg leg, LlmProvider provider) {
			return EventStep.defer((context) -> provider.exchange(leg.written))
				.contextWrite((context) -> leg.context)
				.collectList()
				.map((events) -> judged(leg.candidate, events, leg.rest))
				.onErrorResume(LlmException.class, (failure) -> Mono.just(after(leg.candidate, failure, leg.rest)))
				.flatMapMany(Function.identity());
		}

		/**
		 * The answer, or that of another target if it counts as a failure. If no other
		 * answer is better, this one is returned.
		 */
		private Flux<LlmEvent> judged(Candidate candidate, List<LlmEvent> events, List<Candidate> rest) {
			Flux<LlmEvent> asItIs = Flux.fromIterable(events);
			OnAnswer useless = this.judge.uselessness(this.request,
					Objects.requireNonNull(events.get(events.size() - 1).answer()));
			if (useless == null) {
				return asItIs;
			}
			String why = "the answer is no use: " + useless.name().toLowerCase(Locale.ROOT).replace('_', '-');
			Target answered = Objects.requireNonNullElse(this.call.noUse(why), candidate.target());
			LlmException failure = LlmException.of(ErrorKind.PROTOCOL, answered + ": " + why).target(answered).build();
			this.pass.refused(candidate.target(), failure);
			this.pass.refused(answered, failure);
			List<Candidate> next = rest.stream().filter((other) -> !this.pass.hasFailed(other.target())).toList();
			if (next.isEmpty() || !this.call.hasAttemptsLeft()) {
				return this.hasUseless ? Flux.error(failure) : asItIs;
			}
			boolean first = !this.hasUseless;
			this.hasUseless = true;
			log(failure, next);
			Flux<LlmEvent> better = ask(next);
			return first ? better.onErrorResume(LlmException.class, (none) -> asItIs) : better;
		}

		private Flux<LlmEvent> after(Candidate candidate, LlmException failure, List<Candidate> rest) {
			if (failure.kind().isUnsent()) {
				this.call.targets().notAsked(candidate.target());
			}
			if (this.resume.recovery() != Recovery.FAIL && failure.hasDelivered()) {
				return new StreamRecovery(this.resume, this.pass, this.call, this.request,
						this.chain.primary().target())
					.after(candidate, failure, rest);
			}
			Candidate failing = this.pass.failing(candidate, failure, rest);
			this.pass.failed(failing.target(), failure);
			List<Candidate> next = next(candidate, failure, (failing == candidate) ? rest : andLast(rest, candidate));
			if (next.isEmpty()) {
				return Flux.error(exhausted());
			}
			if (!this.call.hasAttemptsLeft()) {
				next.forEach((other) -> this.pass.recall(other.target()));
				return Flux.error(exhausted());
			}
			this.call.caller().run(() -> log(failure, next));
			return ask(next);
		}

		/**
		 * A target that was silent until its hedge answered is asked after all others.
		 */
		private static List<Candidate> andLast(List<Candidate> rest, Candidate silent) {
			return Stream.concat(rest.stream(), Stream.of(silent)).toList();
		}

		/** The targets that may be asked after this failure. */
		private List<Candidate> next(Candidate candidate, LlmException failure, List<Candidate> rest) {
			List<Candidate> next = isRefusedHere(candidate, failure) ? rest
					: this.chain.after(failure, rest, this.settings);
			return next.stream().filter((other) -> !this.pass.hasFailed(other.target())).toList();
		}

		/**
		 * Whether a target after the first one refused the request. It is then passed
		 * over, and does not end the chain.
		 */
		private boolean isRefusedHere(Candidate candidate, LlmException failure) {
			return (failure.kind() == ErrorKind.INVALID_REQUEST || failure.kind() == ErrorKind.UNSUPPORTED)
					&& !this.call.targets().isFirst(candidate.target());
		}

		/**
		 * The error for the caller: what ended the call, else the error of the primary
		 * target if it was asked, else that of the first target that was asked. If all
		 * targets that were asked refused the request, that of the first of them. The
		 * error of a target that was not asked only if none was.
		 */
		private LlmException exhausted() {
			List<LlmException> all = this.pass.failures();
			List<LlmException> asked = all.stream().filter(this::wasAsked).toList();
			LlmException last = all.get(all.size() - 1);
			LlmException primary = this.pass.failure(this.chain.primary().target());
			LlmException told;
			if (last.endsTheCall()) {
				told = last;
			}
			else if (this.settings.onExhausted() == FallbackSettings.OnExhausted.LAST) {
				told = asked.isEmpty() ? last : asked.get(asked.size() - 1);
			}
			else if (!asked.isEmpty() && asked.stream().allMatch((one) -> one.kind().refusesRequest())) {
				told = asked.get(0);
			}
			else if (primary != null && (asked.isEmpty() || asked.contains(primary))) {
				told = primary;
			}
			else {
				told = asked.isEmpty() ? last : asked.get(0);
			}
			return (all.size() == 1) ? told : told.exhausted(this.pass.written(), all);
		}

		/**
		 * Whether the failure is that of a target that was asked, and not passed over.
		 */
		private boolean wasAsked(LlmException failure) {
			return !failure.kind().isUnsent() && this.call.targets().failures().anyMatch((one) -> isOf(failure, one));
		}

		/** The rest of a pause is reported in a copy of the failure that began it. */
		private static boolean isOf(LlmException failure, LlmException earlier) {
			return failure == earlier || failure.getCause() == earlier;
		}

		private static void log(LlmException failure, List<Candidate> next) {
			String message = failure.getMessage() + "; asking " + next.get(0).target() + " instead";
			if (failure.kind() == ErrorKind.AUTHENTICATION || failure.kind() == ErrorKind.PERMISSION) {
				logger.error(message);
			}
			else {
				logger.warn(message);
			}
		}

		/**
		 * One target of the pass, and what comes after it.
		 */
		private static final class Leg extends EventStep.Resuming {

			private final FallbackCall call;

			private final Candidate candidate;

			private final List<Candidate> rest;

			private final LlmRequest written;

			private final Context context;

			Leg(CoreSubscriber<? super LlmEvent> actual, FallbackCall call, Candidate candidate, List<Candidate> rest,
					Attempt.Cause cause) {
				super(actual);
				this.call = call;
				this.candidate = candidate;
				this.rest = rest;
				this.written = candidate.request(call.request, call.chain.primary().target());
				this.context = Scope.of(actual.currentContext())
					.on(call.pass,
							rest.isEmpty() ? null : (failure) -> call.isAnyReady(call.next(candidate, failure, rest)))
					.because(cause)
					.dropping(Candidate.dropped(call.request, this.written))
					.into(actual.currentContext());
			}

			@Override
			public Context currentContext() {
				return isResumed() ? this.actual.currentContext() : this.context;
			}

			@Override
			protected Flux<LlmEvent> resume(LlmException failure) {
				return this.call.after(this.candidate, failure, this.rest);
			}

		}

	}

}
