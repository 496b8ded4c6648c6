package io.arcllm.provider.key;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.arcllm.LlmException;
import io.arcllm.RequestMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Keys of a supplier for each tenant of a provider. At most 10,000 tenants are kept; the
 * least recently used one is forgotten. At most eight threads wait for the supplier,
 * however many tenants there are. Safe for use by many threads.
 */
public final class TenantKeys implements ApiKeys {

	private static final int MOST_TENANTS = 10_000;

	/** The most threads of one provider that wait for the supplier. */
	private static final int MOST_THREADS = 8;

	private static final long IDLE_SECONDS = 5;

	private final String provider;

	private final ApiKeySupplier supplier;

	private final ApiKeys configured;

	private final LongSupplier nanos;

	private final Duration timeout;

	private final Executor threads;

	/** By tenant, the least recently used first. */
	private final Map<@Nullable String, SuppliedKeys> tenants = new LinkedHashMap<>(16, 0.75f, true);

	/**
	 * @param provider the name of the provider
	 * @param supplier brings the keys, on threads of this provider
	 * @param configured the keys that are used if the supplier returns {@code null}
	 * @param nanos a clock, in nanoseconds
	 * @param timeout how long the supplier may take
	 */
	public TenantKeys(String provider, ApiKeySupplier supplier, ApiKeys configured, LongSupplier nanos,
			Duration timeout) {
		this.provider = provider;
		this.supplier = supplier;
		this.configured = configured;
		this.nanos = nanos;
		this.timeout = timeout;
		this.threads = threads("arcllm-key-" + provider);
	}

	/**
	 * Keys of each tenant if the supplier implements the method with metadata, else one
	 * key for all: such a supplier is asked once, however many tenants there are.
	 */
	public static ApiKeys of(String provider, ApiKeySupplier supplier, ApiKeys configured, LongSupplier nanos,
			Duration timeout) {
		return looksAtCallers(supplier) ? new TenantKeys(provider, supplier, configured, nanos, timeout)
				: new SuppliedKeys(provider, supplier, configured, nanos, timeout);
	}

	private static boolean looksAtCallers(ApiKeySupplier supplier) {
		try {
			return supplier.getClass()
				.getMethod("apiKey", String.class, RequestMetadata.class)
				.getDeclaringClass() != ApiKeySupplier.class;
		}
		catch (NoSuchMethodException | SecurityException ex) {
			// in a native image: asking for each tenant is correct, too
			return true;
		}
	}

	private static Executor threads(String name) {
		ThreadPoolExecutor threads = new ThreadPoolExecutor(MOST_THREADS, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), (task) -> {
					Thread thread = new Thread(task, name);
					thread.setDaemon(true);
					return thread;
				});
		threads.allowCoreThreadTimeOut(true);
		return threads;
	}

	@Override
	public ApiKeys ofCaller(RequestMetadata metadata) {
		synchronized (this.tenants) {
			SuppliedKeys known = this.tenants.get(metadata.tenant());
			return (known != null) ? known : made(metadata);
		}
	}

	private SuppliedKeys made(RequestMetadata metadata) {
		if (this.tenants.size() >= MOST_TENANTS) {
			this.tenants.remove(this.tenants.keySet().iterator().next());
		}
		SuppliedKeys keys = new SuppliedKeys(this.provider, metadata, this.supplier, this.configured, this.nanos,
				this.timeout, this.threads);
		this.tenants.put(metadata.tenant(), keys);
		return keys;
	}

	private ApiKeys ofNone() {
		return ofCaller(RequestMetadata.EMPTY);
	}

	@Override
	public @Nullable String next() {
		return ofNone().next();
	}

	@Override
	public boolean mayBlock() {
		return ofNone().mayBlock();
	}

	@Override
	public boolean mayRotate() {
		return true;
	}

	@Override
	public boolean hasAnother(LlmException failure) {
		return ofNone().hasAnother(failure);
	}

	@Override
	public boolean areOfTenants() {
		return true;
	}

	@Override
	public List<KeyPool.State> states() {
		return this.configured.states();
	}

	@Override
	public int forget(@Nullable String tenant) {
		List<SuppliedKeys> forgotten = new ArrayList<>();
		synchronized (this.tenants) {
			if (tenant == null) {
				forgotten.addAll(this.tenants.values());
				this.tenants.clear();
			}
			else if (this.tenants.containsKey(tenant)) {
				forgotten.add(this.tenants.remove(tenant));
			}
		}
		return forgotten.stream().mapToInt(SuppliedKeys::forget).sum();
	}

	/** How many tenants are kept. */
	int size() {
		synchronized (this.tenants) {
			return this.tenants.size();
		}
	}

	@Override
	public String toString() {
		return "TenantKeys[" + this.provider + "]";
	}

}
