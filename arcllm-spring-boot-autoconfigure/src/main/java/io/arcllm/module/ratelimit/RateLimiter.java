package io.arcllm.module.ratelimit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.arcllm.ErrorKind;
import io.arcllm.LlmRequest;
import io.arcllm.Priority;
import io.arcllm.Target;
import io.arcllm.Usage;
import io.arcllm.VendorLimits;
import io.arcllm.module.Readiness;
import io.arcllm.module.Refusal;
import io.arcllm.module.ratelimit.RateLimitSettings.By;
import io.arcllm.module.ratelimit.RateLimitSettings.Store;
import org.jspecify.annotations.Nullable;

/**
 * Reserves what calls are expected to use, settles what they did use, and keeps the line
 * of those that wait. One serves all stacks of its target.
 */
public final class RateLimiter implements Readiness {

	/** Tenants that are known at once; made-up ones are no reason to keep ever more. */
	static final int MOST_TENANTS = 10_000;

	private final Target target;

	private volatile RateLimitSettings settings;

	private final AnswerEstimate estimate = new AnswerEstimate();

	private final WaitingLine line;

	private final @Nullable String tenant;

	private final Stores stores;

	/** By tenant, the longest unused first. */
	private final Map<String, RateLimiter> tenants = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, RateLimiter> eldest) {
			return size() > MOST_TENANTS;
		}

	};

	/**
	 * Makes stores of levels.
	 */
	@FunctionalInterface
	public interface Stores {

		/**
		 * A store for settings.
		 * @param tenant whose levels it keeps; {@code null} for those of the target
		 */
		LimitStore store(@Nullable String tenant, RateLimitSettings settings);

	}

	/**
	 * A limiter of this process alone.
	 */
	public RateLimiter(Target target, RateLimitSettings settings) {
		this(target, settings, (tenant, own) -> new MemoryStore(own));
	}

	/**
	 * A limiter whose tenants have levels in this process.
	 */
	public RateLimiter(Target target, RateLimitSettings settings, LimitStore store) {
		this(target, settings, (tenant, own) -> (tenant == null) ? store : new MemoryStore(own));
	}

	/**
	 * @param target whose calls it limits
	 * @param settings how much
	 * @param stores make what keeps the levels
	 */
	public RateLimiter(Target target, RateLimitSettings settings, Stores stores) {
		this(target, settings, stores, null);
	}

	private RateLimiter(Target target, RateLimitSettings settings, Stores stores, @Nullable String tenant) {
		this.target = target;
		this.stores = stores;
		this.settings = settings;
		this.tenant = tenant;
		this.line = new WaitingLine(stores.store(tenant, settings));
	}

	/**
	 * From now on these are the settings. Levels stay in proportion, and calls that wait
	 * go on waiting.
	 */
	public void use(RateLimitSettings newer) {
		this.settings = newer;
		if (!store().use(newer)) {
			this.line.use(this.stores.store(this.tenant, newer));
		}
		this.line.serveSoon();
		synchronized (this.tenants) {
			this.tenants.values().forEach((one) -> one.use(newer));
		}
	}

	private LimitStore store() {
		return this.line.store();
	}

	/** The limiter of a call: that of its tenant where each has its own. */
	RateLimiter of(LlmRequest request) {
		String tenant = request.metadata().tenant();
		return (tenant == null || this.settings.by() == By.TARGET) ? this : ofTenant(tenant);
	}

	private RateLimiter ofTenant(String tenant) {
		synchronized (this.tenants) {
			RateLimiter known = this.tenants.get(tenant);
			if (known == null) {
				known = new RateLimiter(this.target, this.settings, this.stores, tenant);
				this.tenants.put(tenant, known);
			}
			return known;
		}
	}

	/**
	 * Forgets the levels of a tenant, also those that other replicas share.
	 * @param tenant all where it is {@code null}
	 * @return of how many tenants; fails where there is no way to know
	 */
	public CompletableFuture<Integer> forget(@Nullable String tenant) {
		int here;
		synchronized (this.tenants) {
			here = this.tenants.size();
			this.tenants.keySet().removeIf((one) -> tenant == null || tenant.equals(one));
			here -= this.tenants.size();
		}
		if (this.settings.by() != By.TENANT || this.settings.store() == Store.MEMORY) {
			return CompletableFuture.completedFuture(here);
		}
		return (tenant == null) ? store().forgetTenants()
				: this.stores.store(tenant, this.settings).forget().thenApply((known) -> known ? 1 : 0);
	}

	/** Whose calls it limits. */
	public Target target() {
		return this.target;
	}

	Duration maxWait() {
		return this.settings.maxWait();
	}

	/** Tokens to reserve: never more than a whole minute's, the rest becomes debt. */
	long estimate(LlmRequest request) {
		Integer most = this.settings.tokensPerMinute();
		return (most == null) ? 0 : Math.min(most, this.estimate.of(request));
	}

	WaitingLine line() {
		return this.line;
	}

	/**
	 * Nothing was sent: gives everything back.
	 */
	void refund(long tokens) {
		store().adjust(1, tokens);
		this.line.serveSoon();
	}

	/**
	 * It was sent all the same: takes everything again.
	 */
	void charge(long tokens) {
		store().adjust(-1, -tokens);
	}

	/**
	 * Replaces what was reserved by what was really used.
	 */
	void settle(long reserved, Usage usage) {
		Integer used = usage.totalTokens();
		if (this.settings.tokensPerMinute() == null || used == null) {
			return;
		}
		if (usage.outputTokens() != null) {
			this.estimate.learn(usage.outputTokens());
		}
		store().adjust(0, reserved - used);
		if (reserved > used) {
			this.line.serveSoon();
		}
	}

	/**
	 * The vendor says what is left: where it is less than thought, others use the same
	 * limit, and the level is lowered. Never raises it, because calls under way may not
	 * be counted there yet. One at a time: what two answers say must not be taken off
	 * twice.
	 */
	public synchronized void observe(VendorLimits limits) {
		Long requests = limits.remainingRequests();
		Long tokens = limits.remainingTokens();
		long tooManyRequests = (requests == null || this.settings.requestsPerMinute() == null) ? 0
				: store().requests() - requests;
		long tooManyTokens = (tokens == null || this.settings.tokensPerMinute() == null) ? 0
				: store().tokens() - tokens;
		if (tooManyRequests > 0 || tooManyTokens > 0) {
			store().adjust(-Math.max(0, tooManyRequests), -Math.max(0, tooManyTokens));
		}
	}

	@Override
	public @Nullable Refusal refusal() {
		return refusal(null, Priority.NORMAL);
	}

	@Override
	public @Nullable Refusal refusal(@Nullable String model, Priority priority) {
		if (this.settings.by() == By.TENANT) {
			return null;
		}
		Duration wait = Duration.ofNanos(this.line.waitNow(priority));
		return (wait.compareTo(maxWait()) <= 0) ? null
				: new Refusal(ErrorKind.THROTTLED, "its rate limit is used up", wait);
	}

	/**
	 * How much is left now.
	 */
	public RateLimitStatus status() {
		return this.line.status();
	}

}
