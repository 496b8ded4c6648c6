package io.arcllm.autoconfigure.actuator;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.Stacks;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.audit.Audit;
import io.arcllm.module.ratelimit.RateLimiter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Forgets what is kept of one tenant's calls, or of all calls.
 *
 * @param stacks the stacks, whose modules keep data
 * @param targets the targets, whose keys and refusals are kept
 */
public record Forget(Stacks stacks, Targets targets) implements EndpointAction {

	private static final Log logger = LogFactory.getLog(Forget.class);

	@Override
	public String name() {
		return "forget";
	}

	@Override
	public Object run(Parameters parameters) {
		String tenant = parameters.tenant();
		if (tenant != null && tenant.isBlank()) {
			throw ArcllmEndpoint.refused("'tenant' is blank; name one, or leave it out to forget all");
		}
		boolean all = tenant == null;
		Forgotten forgotten = new Forgotten(tenant, cached(tenant), 0, buckets(tenant), keys(tenant),
				all ? this.targets.refusedParameters().forget((target) -> true) : 0);
		if (forgotten.isNothing()) {
			throw ArcllmEndpoint.refused(
					all ? "There is nothing to forget" : "There is nothing to forget of the tenant '" + tenant + "'");
		}
		note(tenant);
		return forgotten;
	}

	private @Nullable Long cached(@Nullable String tenant) {
		long forgotten = 0;
		for (ModuleFactory module : this.stacks.modules()) {
			OptionalLong here = module.forget(tenant);
			if (here.isEmpty()) {
				return null;
			}
			forgotten += here.getAsLong();
		}
		return forgotten;
	}

	/** Absent if the shared store of levels cannot be reached. */
	private @Nullable Integer buckets(@Nullable String tenant) {
		List<CompletableFuture<Integer>> all = engines(RateLimiter.class).stream()
			.map((limiter) -> limiter.forget(tenant))
			.toList();
		try {
			return all.stream().mapToInt(CompletableFuture::join).sum();
		}
		catch (CompletionException ex) {
			logger.warn("Limits of tenants in Redis could not be forgotten: " + ex.getCause());
			return null;
		}
	}

	private int keys(@Nullable String tenant) {
		return this.targets.names()
			.stream()
			.map(this.targets::keys)
			.filter(Objects::nonNull)
			.mapToInt((keys) -> keys.forget(tenant))
			.sum();
	}

	private void note(@Nullable String tenant) {
		RequestMetadata metadata = (tenant == null) ? RequestMetadata.EMPTY : RequestMetadata.ofTenant(tenant);
		engines(Audit.class).forEach((audit) -> audit.note(new Target("arcllm", null), metadata, "forgotten"));
	}

	private <T> List<T> engines(Class<T> type) {
		return this.stacks.modules().stream().flatMap((module) -> module.engines(type).stream()).toList();
	}

	/**
	 * How much was forgotten.
	 *
	 * @param tenant the tenant; absent for all
	 * @param cacheEntries cached answers; absent if the store cannot count
	 * @param affinity always 0, because sessions are hashed and nothing is stored
	 * @param buckets rate limits of tenants; absent if they are in Redis and Redis cannot
	 * be reached
	 * @param keys keys from a supplier
	 * @param refusals parameters that targets refused; only without a tenant
	 */
	public record Forgotten(@Nullable String tenant, @Nullable Long cacheEntries, int affinity,
			@Nullable Integer buckets, int keys, int refusals) {

		boolean isNothing() {
			return this.cacheEntries != null && this.buckets != null
					&& this.cacheEntries + this.buckets + this.keys + this.refusals == 0;
		}

	}

}
