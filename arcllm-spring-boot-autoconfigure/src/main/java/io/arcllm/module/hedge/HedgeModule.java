package io.arcllm.module.hedge;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.arcllm.Attempt;
import io.arcllm.CallerContext;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.WireListener;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.Candidate;
import io.arcllm.module.ChainPass;
import io.arcllm.module.EventStep;
import io.arcllm.module.ForwardingListener;
import io.arcllm.module.Scope;
import io.arcllm.module.Scope.Abandonment;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * A redirector inside a chain: when its target is silent for longer than usual, the next
 * one is asked, too, and the first content wins. A target that fails is left to the
 * chain.
 */
public final class HedgeModule extends BaseModule {

	/** The options that request a vendor's own tools. */
	private static final Set<String> SERVER_TOOLS = Set.of("tools", "mcp_servers", "web_search_options", "container",
			"plugins");

	private final Candidate own;

	private final List<Candidate> others;

	private final HedgeSettings settings;

	private final Knowledge knowledge;

	/**
	 * A hedged target with its own budget.
	 */
	public HedgeModule(Candidate own, List<Candidate> others, HedgeSettings settings, HedgeEngine engine) {
		this(own, others, settings, new Knowledge(engine, new HedgeBudget(settings), LlmRequest::streaming));
	}

	/**
	 * What hedges of a chain share.
	 *
	 * @param engine the times of the target; shared by all its stacks
	 * @param budget how many calls may be hedged; shared by the targets of a chain
	 * @param streamed whether a request is sent as a stream, even if the caller asks for
	 * a whole answer, so that the first word is known
	 */
	public record Knowledge(HedgeEngine engine, HedgeBudget budget, Predicate<LlmRequest> streamed) {
	}

	/**
	 * @param own the target that is asked first
	 * @param others the other targets of its chain, next one first
	 * @param settings when to ask one of them
	 * @param knowledge what hedges share
	 */
	public HedgeModule(Candidate own, List<Candidate> others, HedgeSettings settings, Knowledge knowledge) {
		super(own.provider());
		this.own = own;
		this.others = List.copyOf(others);
		this.settings = settings;
		this.knowledge = knowledge;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		boolean hasTools = !request.tools().isEmpty();
		if ((hasTools && !this.settings.allowTools()) || hasServerTools(request)) {
			return this.inner.exchange(this.own.complete(request));
		}
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				Attempt.Cause cause = Scope.of(actual.currentContext()).cause();
				if (cause == Attempt.Cause.RECOVERY) {
					// what was delivered is for this target alone: another may not go on
					// with it
					HedgeModule.this.inner.exchange(HedgeModule.this.own.complete(request)).subscribe(actual);
					return;
				}
				if (cause == Attempt.Cause.FIRST) {
					HedgeModule.this.knowledge.budget().called();
				}
				HedgedCall call = new HedgedCall(actual, HedgeModule.this, request);
				actual.onSubscribe(call);
				call.start(HedgeModule.this.inner);
			}

		};
	}

	/**
	 * Requests with a vendor's own tools are not hedged, because these would run twice.
	 */
	private boolean hasServerTools(LlmRequest request) {
		return hasServerTools(request.options()) || hasServerTools(this.own.complete(request).options());
	}

	/** Whether these fields of a request ask for a vendor's own tools. */
	public static boolean hasServerTools(Map<String, ?> options) {
		return !options.isEmpty() && SERVER_TOOLS.stream().anyMatch(options::containsKey);
	}

	Candidate own() {
		return this.own;
	}

	List<Candidate> others() {
		return this.others;
	}

	HedgeSettings settings() {
		return this.settings;
	}

	HedgeEngine engine() {
		return this.knowledge.engine();
	}

	/** Whether the first word ends the silence, and not only the whole answer. */
	boolean hasFirstWord(LlmRequest request) {
		return this.knowledge.streamed().test(request);
	}

	HedgeBudget budget() {
		return this.knowledge.budget();
	}

	/**
	 * One call with one or two requests. The first content wins; the other request is
	 * cancelled before the caller gets that content. Decisions are made under the lock,
	 * signals are sent outside it.
	 * <p>
	 * Invariants: there are one or two legs, and at most one winner, which never changes;
	 * only the winner's events are passed on. A failure is passed on once ({@code over}),
	 * when no leg is left that could win. The second leg gets the demand that was open
	 * when it began; all later demand goes to both until one has won.
	 */
	static final class HedgedCall implements Subscription {

		private static final Log logger = LogFactory.getLog(HedgeModule.class);

		private final CoreSubscriber<? super LlmEvent> actual;

		private final HedgeModule module;

		private final LlmRequest request;

		private final @Nullable ChainPass pass;

		private final Disposable.Swap timer = Disposables.swap();

		private final long start = now();

		private final Leg first;

		private final Abandonment abandonment = new Abandonment();

		private @Nullable Leg second;

		private volatile @Nullable Leg winner;

		private long demand;

		private boolean over;

		HedgedCall(CoreSubscriber<? super LlmEvent> actual, HedgeModule module, LlmRequest request) {
			this.actual = actual;
			this.module = module;
			this.request = request;
			this.pass = ChainPass.of(actual.currentContext());
			this.first = new Leg(null);
		}

		void start(LlmProvider inner) {
			Duration delay = this.module.engine().delay(this.module.hasFirstWord(this.request), this.module.settings());
			if (delay != null) {
				this.timer.update(Schedulers.parallel()
					.schedule(() -> caller().run(this::hedge), delay.toNanos(), TimeUnit.NANOSECONDS));
			}
			Flux.defer(() -> inner.exchange(this.module.own().complete(this.request))).subscribe(this.first);
		}

		private static long now() {
			return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
		}

		private CallerContext caller() {
			return Call.of(this.actual.currentContext()).caller();
		}

		private void hedge() {
			Leg leg;
			Candidate next;
			synchronized (this) {
				next = (this.over || this.winner != null) ? null : next();
				if (next == null || !this.module.budget().tryHedge()) {
					return;
				}
				leg = new Leg(next);
				if (this.demand > 0) {
					leg.request(this.demand);
				}
				this.second = leg;
			}
			logger.info(this.module.own().target() + " has been silent for "
					+ TimeUnit.NANOSECONDS.toMillis(now() - this.start) + " ms; asking " + next.target() + " too");
			LlmRequest written = next.request(this.request, this.module.own().target());
			List<String> dropped = Candidate.dropped(this.request, written);
			Flux.defer(() -> next.provider().exchange(written))
				.contextWrite((context) -> Scope.of(context).dropping(dropped).into(context))
				.subscribe(leg);
		}

		private @Nullable Candidate next() {
			Call call = Call.of(this.actual.currentContext());
			return !call.hasAttemptsLeft() ? null
					: this.module.others()
						.stream()
						.filter((other) -> this.pass == null || !this.pass.hasFailed(other.target()))
						.filter((other) -> call.targets().pausedBy(other.target()) == null
								&& other.rejection(this.request) == null)
						.findFirst()
						.orElse(null);
		}

		@Override
		public void request(long n) {
			if (!Operators.validate(n)) {
				return;
			}
			Leg winner = this.winner;
			Leg other = null;
			if (winner == null) {
				synchronized (this) {
					this.demand = Operators.addCap(this.demand, n);
					winner = this.winner;
					other = (winner == null) ? this.second : null;
				}
			}
			(winner == null ? this.first : winner).request(n);
			if (other != null) {
				other.request(n);
			}
		}

		@Override
		public void cancel() {
			Leg other;
			synchronized (this) {
				this.over = true;
				other = this.second;
			}
			this.timer.dispose();
			this.first.cancel();
			if (other != null) {
				other.cancel();
			}
		}

		private boolean wins(Leg leg) {
			Leg loser;
			synchronized (this) {
				if (this.over || this.winner != null) {
					return false;
				}
				this.winner = leg;
				loser = (leg == this.first) ? this.second : this.first;
			}
			this.timer.dispose();
			long silence = now() - this.start;
			if (leg != this.first
					&& this.module.engine().isFarTooLong(this.module.hasFirstWord(this.request), silence)) {
				this.abandonment.silent();
			}
			this.module.engine().took(this.module.hasFirstWord(this.request), silence);
			if (loser != null) {
				loser.cancel();
			}
			return true;
		}

		/** The failure to pass on, if no attempt is left to wait for. */
		private synchronized @Nullable Throwable told(Leg leg, Throwable failure) {
			leg.failure = failure;
			Leg other = (leg == this.first) ? this.second : this.first;
			boolean waiting = this.winner == null && other != null && other.failure == null;
			if (this.over || (this.winner != null && this.winner != leg) || waiting) {
				return null;
			}
			this.over = true;
			return (this.winner == null && this.first.failure != null) ? this.first.failure : failure;
		}

		/**
		 * One of the two requests.
		 */
		private final class Leg extends EventStep implements ForwardingListener {

			private final @Nullable Candidate hedge;

			private final @Nullable WireListener outer;

			private final Context context;

			private @Nullable Throwable failure;

			Leg(@Nullable Candidate hedge) {
				super(HedgedCall.this.actual);
				this.hedge = hedge;
				Context context = HedgedCall.this.actual.currentContext();
				this.outer = WireListener.of(context);
				Context told = HedgedCall.this.request.streaming() ? context : context.put(WireListener.class, this);
				Scope scope = Scope.of(told);
				this.context = ((hedge == null) ? scope.abandonable(HedgedCall.this.abandonment)
						: scope.because(Attempt.Cause.HEDGE))
					.into(told);
			}

			@Override
			public Context currentContext() {
				return this.context;
			}

			@Override
			public @Nullable WireListener outer() {
				return this.outer;
			}

			/** The first content of a whole answer that is requested as a stream. */
			@Override
			public void speaking() {
				wins(this);
			}

			@Override
			public void onSubscribe(Subscription subscription) {
				connect(subscription);
			}

			@Override
			public void onNext(LlmEvent event) {
				if (HedgedCall.this.winner == this || wins(this)) {
					this.actual.onNext(event);
				}
			}

			@Override
			public void onError(Throwable failure) {
				ChainPass pass = HedgedCall.this.pass;
				if (this.hedge != null && pass != null && failure instanceof LlmException known) {
					pass.failed(this.hedge.target(), known);
				}
				Throwable told = told(this, failure);
				if (told != null) {
					HedgedCall.this.timer.dispose();
					this.actual.onError(told);
				}
			}

			@Override
			public void onComplete() {
				if (HedgedCall.this.winner == this) {
					this.actual.onComplete();
				}
			}

		}

	}

}
