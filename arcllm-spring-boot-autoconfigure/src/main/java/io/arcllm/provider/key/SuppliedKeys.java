package io.arcllm.provider.key;

import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * A key that is brought, kept until it is refused, and then brought once more; calls that
 * need it meanwhile wait for the one that asks. A new key that is refused too is used for
 * a while before another is asked for. Safe for use by many threads.
 */
public final class SuppliedKeys implements ApiKeys {

	/** A vault is not asked more often because of refused keys. */
	private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(10);

	private final String provider;

	private final ApiKeySupplier supplier;

	private final ApiKeys configured;

	private final LongSupplier nanos;

	private final Lock lock = new ReentrantLock();

	private volatile @Nullable String current;

	private volatile @Nullable String refused;

	private volatile boolean useConfigured;

	private @Nullable Long renewedAt;

	/**
	 * @param provider whose key it is
	 * @param supplier brings it
	 * @param configured used where none is brought
	 * @param nanos a clock, in nanoseconds
	 */
	public SuppliedKeys(String provider, ApiKeySupplier supplier, ApiKeys configured, LongSupplier nanos) {
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
		// refused since somebody asked whether this may block: its refusal is asked about
		// again
		return (this.refused != null && Schedulers.isInNonBlockingThread()) ? this.refused : bring();
	}

	private @Nullable String bring() {
		this.lock.lock();
		try {
			if (this.current == null && !this.useConfigured) {
				String brought = this.supplier.apiKey(this.provider);
				this.useConfigured = brought == null || brought.isBlank();
				this.current = (brought == null || brought.isBlank()) ? null : brought.strip();
			}
			return this.useConfigured ? this.configured.next() : this.current;
		}
		catch (RuntimeException ex) {
			throw LlmException
				.of(ErrorKind.NETWORK,
						"The API key of '" + this.provider + "' could not be brought: " + ex.getClass().getSimpleName())
				.provider(this.provider)
				.cause(ex)
				.build();
		}
		finally {
			this.lock.unlock();
		}
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
	 * Whether the key was refused, and has been or will be brought again.
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
	public String toString() {
		return "SuppliedKeys[" + this.provider + "]";
	}

}
