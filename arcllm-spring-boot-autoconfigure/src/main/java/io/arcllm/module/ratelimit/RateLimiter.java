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
import io.arcllm.module.Rejection;
import io.arcllm.module.ratelimit.RateLimitSettings.By;
import io.arcllm.module.ratelimit.RateLimitSettings.Store;
import org.jspecify.annotations.Nullable;

/**
 * Reserves what calls are expected to use, settles what they really used, and keeps the
 * queue of waiting calls. One limiter serves all stacks of its target. Safe for use by
 * many threads.
 */
public final class RateLimiter implements Readiness {

	/** The most tenants that are kept, because callers may invent tenants. */
	static final int MOST_TENANTS = 10_000;

	private final Target target;

	private volatile RateLimitSettings settings;

	private final AnswerEstimate estimate = new AnswerEstimate();

	private final WaitingLine line;

	private final @Nullable String tenant;

	private final Stores stores;

	/** By tenant, the least recently used first. */
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
		 * @param tenant the tenant; {@code null} for the target itself
		 */
		LimitStore store(@Nullable String tenant, RateLimitSettings settings);

	}

	/**
	 * A limiter with levels in this process.
	 */
	public RateLimiter(Target target, RateLimitSettings settings) {
		this(target, settings, (tenant, own) -> new MemoryStore(own));
	}

	/**
	 * A limiter with this store, whose tenants have levels in this process.
	 */
	public RateLimiter(Target target, RateLimitSettings settings, LimitStore store) {
		this(target, settings, (tenant, own) -> (tenant == null) ? store : new MemoryStore(own));
	}

	/**
	 * @param target the target whose calls are limited
	 * @param settings the limits
	 * @param stores make the stores of levels
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
	 * Applies new settings. Levels stay in proportion, and waiting calls stay in the
	 * queue.
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

	/** The limiter of a call: that of its tenant, if each tenant has its own. */
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
	 * Forgets the levels of a tenant, including those that replicas share.
	 * @param tenant the tenant; {@code null} for all
	 * @return the number of tenants; fails if that cannot be found out
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

	/** The target whose calls are limited. */
	public Target target() {
		return this.target;
	}

	Duration maxWait() {
		return this.settings.maxWait();
	}

	/** Tokens to reserve, at most those of a whole minute; the rest becomes debt. */
	long estimate(LlmRequest request) {
		Integer most = this.settings.tokensPerMinute();
		return (most == null) ? 0 : Math.min(most, this.estimate.of(request));
	}

	WaitingLine line() {
		return this.line;
	}

	/**
	 * Nothing was sent: returns everything.
	 */
	void refund(long tokens) {
		store().adjust(1, tokens);
		this.line.serveSoon();
	}

	/**
	 * The request was sent after all: takes everything again.
	 */
	void charge(long tokens) {
		store().adjust(-1, -tokens);
	}

	/**
	 * Replaces the reservation by the real usage.
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
	 * The vendor reports what is left. If that is less than the level here, another
	 * application uses the same limit, and the level is lowered. It is never raised,
	 * because the vendor may not have counted calls under way. Synchronized, so that two
	 * answers do not lower it twice.
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
	public @Nullable Rejection rejection() {
		return rejection(null, Priority.NORMAL);
	}

	@Override
	public @Nullable Rejection rejection(@Nullable String model, Priority priority) {
		if (this.settings.by() == By.TENANT) {
			return null;
		}
		Duration wait = Duration.ofNanos(this.line.waitNow(priority));
		return (wait.compareTo(maxWait()) <= 0) ? null
				: new Rejection(ErrorKind.THROTTLED, "its rate limit is used up", wait);
	}

	/**
	 * How much is left now.
	 */
	public RateLimitStatus status() {
		return this.line.status();
	}

}
