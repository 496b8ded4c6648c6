package io.arcllm.provider.key;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.RequestMetadata;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * A key from a supplier. It is kept until it is refused, and then asked for again; calls
 * that need it in that time wait for the same answer. If the new key is refused, too, it
 * is used for a while before the supplier is asked again. Safe for use by many threads.
 * <p>
 * Invariants: at most one request to the supplier is under way ({@code asked}), and all
 * calls without a key wait for it; {@code current} is the last key of the supplier that
 * was not dropped, {@code refused} the last one that was refused; a refused key is
 * dropped only if it is the current one, and not twice within ten seconds.
 */
public final class SuppliedKeys implements ApiKeys {

	/** The shortest time between two requests to the supplier because of refused keys. */
	private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(10);

	/** The default of {@code keys.supplier-timeout}. */
	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final String provider;

	private final RequestMetadata metadata;

	private final ApiKeySupplier supplier;

	private final Executor threads;

	private final ApiKeys configured;

	private final LongSupplier nanos;

	private final Duration timeout;

	/** The request to the supplier under way, if any. */
	private @Nullable CompletableFuture<Void> asked;

	private volatile @Nullable String current;

	private volatile @Nullable String refused;

	private volatile boolean useConfigured;

	private @Nullable Long renewedAt;

	/**
	 * @param provider the name of the provider
	 * @param supplier brings the key
	 * @param configured the keys that are used if the supplier returns {@code null}
	 * @param nanos a clock, in nanoseconds
	 */
	public SuppliedKeys(String provider, ApiKeySupplier supplier, ApiKeys configured, LongSupplier nanos) {
		this(provider, supplier, configured, nanos, TIMEOUT);
	}

	/**
	 * @param provider the name of the provider
	 * @param supplier brings the key, on a thread of its own
	 * @param configured the keys that are used if the supplier returns {@code null}
	 * @param nanos a clock, in nanoseconds
	 * @param timeout how long the supplier may take
	 */
	public SuppliedKeys(String provider, ApiKeySupplier supplier, ApiKeys configured, LongSupplier nanos,
			Duration timeout) {
		this(provider, RequestMetadata.EMPTY, supplier, configured, nanos, timeout, (task) -> {
			Thread thread = new Thread(task, "arcllm-key-" + provider);
			thread.setDaemon(true);
			thread.start();
		});
	}

	/**
	 * The keys of one caller.
	 * @param threads where the supplier may block
	 */
	SuppliedKeys(String provider, RequestMetadata metadata, ApiKeySupplier supplier, ApiKeys configured,
			LongSupplier nanos, Duration timeout, Executor threads) {
		this.metadata = metadata;
		this.threads = threads;
		this.timeout = timeout;
		this.provider = provider;
		this.supplier = supplier;
		this.configured = configured;
		this.nanos = nanos;
	}

	@Override
	public @Nullable String next() {
		String key = this.current;
		if (key != null) {
			return key;
		}
		if (this.useConfigured) {
			return this.configured.next();
		}
		if (Schedulers.isInNonBlockingThread()) {
			// refused since it was ready: its refusal is handled again
			return this.refused;
		}
		try {
			ready().toFuture().join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof LlmException known) ? known : ex;
		}
		return this.useConfigured ? this.configured.next() : this.current;
	}

	/**
	 * Waiting calls share one request for the key, and hold no thread. A supplier that
	 * hangs holds one thread of its own, and is not asked again in that time.
	 */
	@Override
	public Mono<Void> ready() {
		return Mono.deferContextual(
				(context) -> mayBlock() ? Mono.fromFuture(asking(context), true).timeout(this.timeout) : Mono.empty())
			.onErrorMap((ex) -> notBrought(Exceptions.unwrap(ex)));
	}

	private synchronized CompletableFuture<Void> asking(ContextView context) {
		if (this.asked != null) {
			return this.asked;
		}
		if (!mayBlock()) {
			// brought since the caller looked
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> asking = new CompletableFuture<>();
		this.asked = asking;
		try {
			this.threads.execute(() -> bring(asking, context));
		}
		catch (RuntimeException ex) {
			this.asked = null;
			asking.completeExceptionally(ex);
		}
		return asking;
	}

	private void bring(CompletableFuture<Void> asking, ContextView context) {
		Throwable failure = null;
		try {
			String brought = brought(context);
			this.useConfigured = brought == null || brought.isBlank();
			this.current = (brought == null || brought.isBlank()) ? null : brought.strip();
		}
		catch (Throwable ex) {
			failure = ex;
		}
		synchronized (this) {
			this.asked = null;
		}
		if (failure == null) {
			asking.complete(null);
		}
		else {
			asking.completeExceptionally(failure);
		}
	}

	/** In the context of the call that asks first; the others wait for it. */
	private @Nullable String brought(ContextView context) {
		CallerContext.Restored restored = CallerContext.of(context).restore(context);
		try {
			return this.supplier.apiKey(this.provider, this.metadata);
		}
		finally {
			restored.close();
		}
	}

	private LlmException notBrought(Throwable failure) {
		String why = (failure instanceof TimeoutException) ? "not within " + this.timeout.toMillis() + " ms"
				: failure.getClass().getSimpleName();
		return LlmException.of(ErrorKind.NETWORK, "The API key of '" + this.provider + "' could not be brought: " + why)
			.provider(this.provider)
			.cause(failure)
			.build();
	}

	@Override
	public void answered(@Nullable String key) {
		this.configured.answered(key);
	}

	@Override
	public boolean mayRotate() {
		return true;
	}

	@Override
	public boolean mayBlock() {
		return this.current == null && !this.useConfigured;
	}

	@Override
	public void failed(@Nullable String key, LlmException failure) {
		if (this.useConfigured) {
			this.configured.failed(key, failure);
		}
		else if (failure.kind() == ErrorKind.AUTHENTICATION && key != null) {
			refuse(key);
		}
	}

	private synchronized void refuse(String key) {
		if (!key.equals(this.current)) {
			return;
		}
		long now = this.nanos.getAsLong();
		this.refused = key;
		if (this.renewedAt == null || now - this.renewedAt >= BETWEEN_RENEWALS.toNanos()) {
			this.renewedAt = now;
			this.current = null;
		}
	}

	/**
	 * Whether the key was refused, and was or will be asked for again.
	 */
	@Override
	public boolean hasAnother(LlmException failure) {
		if (this.useConfigured) {
			return this.configured.hasAnother(failure);
		}
		String key = this.current;
		return failure.kind() == ErrorKind.AUTHENTICATION && (key == null || !key.equals(this.refused));
	}

	@Override
	public int forget(@Nullable String tenant) {
		return (tenant == null) ? forget() : 0;
	}

	synchronized int forget() {
		boolean known = this.current != null;
		this.current = null;
		this.refused = null;
		this.useConfigured = false;
		return known ? 1 : 0;
	}

	/** The states of the configured keys, while these are used. */
	@Override
	public List<KeyPool.State> states() {
		return this.useConfigured ? this.configured.states() : List.of();
	}

	@Override
	public String toString() {
		return "SuppliedKeys[" + this.provider + "]";
	}

}
