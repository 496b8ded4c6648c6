package io.arcllm.module.telemetry;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.arcllm.Attempt;
import io.arcllm.Cost;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.Trail;
import io.arcllm.Usage;
import io.arcllm.module.CallListener;
import io.arcllm.module.Hook;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls and attempts in meters. The values of tags are bounded: configured
 * providers and models, kinds of errors, outcomes.
 */
public final class CallMeters implements CallListener {

	private final MeterRegistry registry;

	private final ModelTags models;

	private final Predicate<String> wanted;

	private final VendorNames vendors;

	private final Set<String> tenants;

	private final Hook hook = new Hook("A meter of calls");

	/**
	 * @param registry has the meters
	 * @param models gives the tags of models
	 * @param wanted whether a provider is counted
	 */
	public CallMeters(MeterRegistry registry, ModelTags models, Predicate<String> wanted) {
		this(registry, models, wanted, VendorNames.NONE, List.of());
	}

	/**
	 * @param registry has the meters
	 * @param models gives the tags of models
	 * @param wanted whether a provider is counted
	 * @param vendors gives the names of vendors
	 * @param tenants those that are tags; without any, no meter has a tenant
	 */
	public CallMeters(MeterRegistry registry, ModelTags models, Predicate<String> wanted, VendorNames vendors,
			Collection<String> tenants) {
		this.registry = registry;
		this.models = models;
		this.wanted = wanted;
		this.vendors = vendors;
		this.tenants = Set.copyOf(tenants);
	}

	@Override
	public void ended(Attempt attempt, Trail before) {
		ended(attempt, before, RequestMetadata.EMPTY);
	}

	@Override
	public void ended(Attempt attempt, Trail before, RequestMetadata metadata) {
		Target target = attempt.target();
		if (!this.wanted.test(target.provider())) {
			return;
		}
		Tags tags = tags(target);
		Tags error = tags.and("error", (attempt.error() == null) ? "none" : ConventionNames.dashed(attempt.error()));
		if (attempt.outcome() == Attempt.Outcome.SKIPPED) {
			count("arcllm.rejections", "Targets passed over", error);
			return;
		}
		if (!attempt.wasSent()) {
			return;
		}
		count("arcllm.attempts", "Requests on the wire",
				error.and("outcome", ConventionNames.dashed(attempt.outcome())));
		if (attempt.cause() == Attempt.Cause.HEDGE) {
			count("arcllm.hedges", "Targets asked too because another one was silent",
					tags.and("outcome", ConventionNames.dashed(attempt.outcome())));
		}
		else if (attempt.cause() != Attempt.Cause.FIRST) {
			again(target, tags, before);
		}
		time("arcllm.waits", "Deliberate waits before attempts", attempt.waited(), tags);
		Tags convention = convention(target);
		if (attempt.firstToken() != null) {
			time(ConventionNames.TIME_TO_FIRST_CHUNK, "Time to the first content of a stream", attempt.firstToken(),
					convention);
		}
		spent(attempt, tags, convention, tenant(metadata));
	}

	/**
	 * The tag is a name of {@code arcllm.models}, so that callers cannot invent values.
	 */
	@Override
	public void answered(LlmResponse response) {
		List<Attempt> attempts = response.trail().attempts();
		Target target = attempts.stream()
			.filter((attempt) -> attempt.outcome() == Attempt.Outcome.COMPLETED)
			.reduce((before, after) -> after)
			.map(Attempt::target)
			.orElse(response.target());
		if (this.wanted.test(target.provider())) {
			String asked = response.trail().asked();
			count("arcllm.answers", "Calls that were answered, by what was asked and what answered",
					tags(target).and("asked", (asked == null) ? "none" : asked));
		}
	}

	/** A tenant that is not on the list may be invented, and counts as {@code other}. */
	private Tags tenant(RequestMetadata metadata) {
		String tenant = metadata.tenant();
		return this.tenants.isEmpty() ? Tags.empty()
				: Tags.of("tenant", (tenant != null && this.tenants.contains(tenant)) ? tenant : "other");
	}

	private void spent(Attempt attempt, Tags tags, Tags convention, Tags tenant) {
		Usage usage = attempt.usage();
		Tags spent = convention.and(ConventionNames.TOKEN_MODALITY, "unknown").and(tenant);
		spent("input_tokens", usage.inputTokens(), spent);
		spent("output_tokens", usage.outputTokens(), spent);
		spent("cache_read.input_tokens", usage.cacheReadTokens(), spent);
		spent("cache_write.input_tokens", usage.cacheWriteTokens(), spent);
		spent("reasoning.output_tokens", usage.reasoningTokens(), spent);
		tokens("input_tokens", usage.inputTokens(), convention);
		tokens("output_tokens", usage.outputTokens(), convention);
		Cost cost = attempt.cost();
		if (cost != null) {
			this.hook.run(() -> this.registry.counter("arcllm.cost", tags.and("currency", cost.currency()).and(tenant))
				.increment(cost.amount().doubleValue()));
		}
	}

	private void spent(String kind, @Nullable Integer tokens, Tags tags) {
		if (tokens != null) {
			this.hook.run(() -> Counter.builder(ConventionNames.TOKENS_SPENT + kind)
				.description("Tokens of all requests and answers")
				.baseUnit("token")
				.tags(tags)
				.register(this.registry)
				.increment(tokens));
		}
	}

	private void again(Target target, Tags tags, Trail before) {
		Attempt last = before.last();
		if (last == null) {
			return;
		}
		if (before.hasAsked(target)) {
			count("arcllm.retries", "Targets asked again in the same call", tags);
		}
		else {
			count("arcllm.fallbacks", "Targets asked instead of another one",
					Tags.of("from", last.target().provider(), "to", target.provider()));
		}
	}

	private void count(String name, String description, Tags tags) {
		this.hook
			.run(() -> Counter.builder(name).description(description).tags(tags).register(this.registry).increment());
	}

	private void time(String name, String description, Duration duration, Tags tags) {
		if (!duration.isZero()) {
			this.hook.run(() -> Timer.builder(name)
				.description(description)
				.tags(tags)
				.register(this.registry)
				.record(duration));
		}
	}

	private void tokens(String kind, @Nullable Integer tokens, Tags tags) {
		if (tokens != null) {
			this.hook.run(() -> DistributionSummary.builder(ConventionNames.TOKENS_OF_ANSWERS + kind)
				.description("Tokens of a single request or answer")
				.baseUnit("token")
				.tags(tags)
				.register(this.registry)
				.record(tokens));
		}
	}

	private Tags tags(Target target) {
		return Tags.of("provider", target.provider(), "model", this.models.of(target));
	}

	private Tags convention(Target target) {
		return Tags.of(ConventionNames.OPERATION_NAME, ConventionNames.CHAT, ConventionNames.PROVIDER_NAME,
				this.vendors.of(target.provider()), ConventionNames.OWN_PROVIDER, target.provider(),
				ConventionNames.REQUEST_MODEL, this.models.of(target), ConventionNames.SERVER_ADDRESS,
				this.vendors.address(target.provider()), ConventionNames.SERVER_PORT,
				this.vendors.port(target.provider()));
	}

}
