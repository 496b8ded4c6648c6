package io.arcllm.module.budget;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.arcllm.CallerContext;
import io.arcllm.Cost;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.module.Pricing;
import io.arcllm.module.Rejection;
import io.arcllm.module.budget.BudgetAccount.Level;
import io.arcllm.module.budget.BudgetLimit.Action;
import io.arcllm.module.budget.BudgetSettings.Reserve;
import io.arcllm.module.budget.BudgetSettings.UnknownPrice;
import io.arcllm.module.budget.BudgetStore.Answer;
import io.arcllm.module.budget.BudgetWindow.Span;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the limits of one stack whether calls and attempts may cost more: reserves
 * their expected cost, and replaces it by their real cost. What is spent is kept in a
 * store that all stacks share. It depends on a clock, and not on Reactive Streams. Safe
 * for use by many threads.
 */
public final class Budget {

	/**
	 * What is reserved for models of unknown price, so that a limit that is used up
	 * refuses them, too.
	 */
	private static final long UNKNOWN = 1;

	/** A request without content, for expected costs before a request is known. */
	private static final LlmRequest NOTHING = LlmRequest.of("");

	private static final String PROCESS = UUID.randomUUID().toString();

	private static final AtomicLong IDS = new AtomicLong();

	private final BudgetSettings settings;

	private final BudgetLedger ledger;

	private final Pricing prices;

	private final Clock clock;

	private final AtomicReferenceArray<@Nullable Span> spans;

	/**
	 * @param settings the limits
	 * @param ledger what is spent, and the expected lengths of answers; shared
	 * @param prices what targets cost
	 * @param clock the time of day
	 */
	public Budget(BudgetSettings settings, BudgetLedger ledger, Pricing prices, Clock clock) {
		this.settings = settings;
		this.ledger = ledger;
		this.prices = prices;
		this.clock = clock;
		this.spans = new AtomicReferenceArray<>(settings.limits().size());
	}

	BudgetSettings settings() {
		return this.settings;
	}

	/**
	 * Whether the target is refused because its price is unknown.
	 */
	boolean rejectsUnknown(Target target) {
		boolean known = this.prices.isKnown(target);
		if (!known && this.settings.unknownPrice() == UnknownPrice.ALLOW) {
			this.ledger.toldOfUnknown(target);
		}
		return !known && this.settings.unknownPrice() == UnknownPrice.BLOCK;
	}

	/** The amount to reserve for a request to a target, in millionths. */
	long need(Target target, LlmRequest request) {
		AnswerLengths lengths = this.ledger.lengths();
		Usage usage = (this.settings.reserve() == Reserve.WORST) ? lengths.worst(target, request, this.prices)
				: lengths.expected(target, request, this.prices);
		Cost cost = this.prices.cost(target, usage);
		return (cost == null) ? UNKNOWN : Micros.ceil(cost.amount());
	}

	/** Learns from an answer. */
	void learn(Target target, Usage usage) {
		this.ledger.lengths().learn(target, usage);
	}

	/**
	 * The accounts of an attempt, or of a whole call.
	 * @param ofAttempt true for an attempt, false for a call
	 */
	List<BudgetAccount> accounts(boolean ofAttempt, Target target, LlmRequest request) {
		List<BudgetAccount> accounts = new ArrayList<>(2);
		Instant now = this.clock.instant();
		List<BudgetLimit> limits = this.settings.limits();
		for (int i = 0; i < limits.size(); i++) {
			BudgetLimit limit = limits.get(i);
			if (limit.scope().isOfAttempts() == ofAttempt) {
				String subject = limit.scope().subject(target, request);
				if (subject != null) {
					accounts.add(new BudgetAccount(limit, subject, span(i, limit, now)));
				}
			}
		}
		return accounts;
	}

	private Span span(int index, BudgetLimit limit, Instant now) {
		Span known = this.spans.get(index);
		if (known == null || !known.contains(now)) {
			known = limit.window().at(now, limit.zone());
			this.spans.set(index, known);
		}
		return known;
	}

	/**
	 * Reserves money in all these accounts, or in none.
	 * @param most how long it stays reserved if it is never settled
	 */
	Held reserve(List<BudgetAccount> accounts, long micros, Duration most) {
		Reservation reservation = new Reservation(PROCESS + "-" + IDS.incrementAndGet(), micros, accounts);
		return new Held(reservation, store().reserve(reservation, most));
	}

	/**
	 * Replaces what was reserved by what was spent.
	 * @param caller the context in which warnings are published
	 */
	void settle(Reservation reservation, long micros, CallerContext caller) {
		store().settle(reservation, micros).thenAccept((levels) -> caller.run(() -> {
			for (int i = 0; i < levels.size(); i++) {
				this.ledger.spent(reservation.accounts().get(i), levels.get(i));
			}
		}));
	}

	/** Whether a limit can make a chain pass over a target. */
	public boolean mayPassOver() {
		return this.settings.limits().stream().anyMatch((limit) -> limit.action() == Action.FALLBACK);
	}

	/**
	 * Why a chain has to pass over the target, or {@code null}.
	 */
	public @Nullable Rejection rejection(Target target) {
		for (BudgetAccount account : accounts(true, target, NOTHING)) {
			if (account.limit().action() == Action.FALLBACK) {
				Level level = store().level(account);
				if (level.exceeds(need(target, NOTHING), account.limit().micros())) {
					BudgetExceededException rejection = rejection(target, new Answer(account, level));
					return new Rejection(rejection.kind(), rejection.reason(), rejection.retryAfter());
				}
			}
		}
		return null;
	}

	private BudgetStore store() {
		return this.ledger.store(this.settings);
	}

	/** The error of a call that a limit refuses. */
	BudgetExceededException rejection(Target target, Answer answer) {
		BudgetAccount account = Objects.requireNonNull(answer.refusedBy());
		BudgetLimit limit = account.limit();
		this.ledger.exhausted(account, answer.level());
		BigDecimal spent = Micros.amount(answer.level().spent());
		String held = (answer.level().reserved() == 0) ? ""
				: ", and " + Micros.amount(answer.level().reserved()).toPlainString() + " is held by calls under way";
		String whose = account.subject().isEmpty() ? "" : " of " + account.subject();
		String reason = "the budget '" + limit.name() + "'" + whose + " is used up: " + spent.toPlainString() + " of "
				+ limit.amount().toPlainString() + " " + limit.currency() + " is spent" + held;
		Instant end = account.span().end();
		return new BudgetExceededException(target, limit.name(), spent, limit.amount(), reason,
				(end == null) ? null : Duration.between(this.clock.instant(), end), limit.action() == Action.FALLBACK);
	}

	/** The error of a call whose limits cannot be checked. */
	BudgetExceededException unchecked(Target target, List<BudgetAccount> accounts) {
		String limit = accounts.get(0).limit().name();
		return new BudgetExceededException(target, limit, null, null,
				"the budget '" + limit + "' cannot be checked, because its store is away", null, false);
	}

	/** The error of a call to a target of unknown price. */
	static BudgetExceededException unknown(Target target) {
		return new BudgetExceededException(target, "unknown-price", null, null, "nothing is known of its price", null,
				false);
	}

	/** The error of a call that has reached {@code max-per-call}. */
	BudgetExceededException enough(Target target, long spent) {
		BigDecimal most = Objects.requireNonNull(this.settings.maxPerCall());
		BigDecimal amount = Micros.amount(spent);
		return new BudgetExceededException(target, "max-per-call", amount, most,
				"the call has cost " + amount.toPlainString() + " and may cost " + most.toPlainString() + " "
						+ this.settings.currency() + " (max-per-call)",
				null, false);
	}

	/**
	 * A reservation and its result.
	 */
	record Held(Reservation reservation, CompletableFuture<Answer> answer) {
	}

}
