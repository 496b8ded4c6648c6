package io.arcllm;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How the stack treats one call, or all calls of a provider that was loaded with these
 * options. What is unset is as configured. For each module, off takes precedence over
 * settings, settings over on, and on over the configuration; settings are merged over the
 * configured ones.
 *
 * @param deadline for the whole call with all attempts and waits; never longer than the
 * configured one
 * @param chain the targets to fall back to, instead of the configured ones
 * @param modules overrides by the name of the module
 * @param metadata tenant, session and labels, where a request has none itself
 * @param cache how the cache is used; unset for the default
 * @param priority which calls go first where calls have to wait; unset for the default
 */
public record CallOptions(@Nullable Duration deadline, @Nullable List<String> chain,
		@AbsentIsEmpty Map<String, ModuleOverride> modules, RequestMetadata metadata, @Nullable CacheMode cache,
		@Nullable Priority priority) {

	/** All as configured. */
	public static final CallOptions NONE = new CallOptions(null, null, Map.of());

	public CallOptions {
		chain = (chain == null) ? null : List.copyOf(chain);
		modules = Map.copyOf(modules);
		metadata = (metadata == null) ? RequestMetadata.EMPTY : metadata;
	}

	/**
	 * Options without metadata, cache mode and priority.
	 */
	public CallOptions(@Nullable Duration deadline, @Nullable List<String> chain, Map<String, ModuleOverride> modules) {
		this(deadline, chain, modules, RequestMetadata.EMPTY, null, null);
	}

	/** Starts with all as configured. */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Whether these options leave the stack itself as configured.
	 */
	@JsonIgnore
	public boolean isStackAsConfigured() {
		return this.chain == null && this.modules.isEmpty();
	}

	/**
	 * These options, completed with the others where these are unset.
	 */
	public CallOptions over(CallOptions others) {
		if (equals(NONE) || others.equals(NONE)) {
			return equals(NONE) ? others : this;
		}
		Map<String, ModuleOverride> merged = new TreeMap<>(others.modules);
		this.modules.forEach((name, override) -> merged.merge(name, override, (theirs, ours) -> ours.over(theirs)));
		return new CallOptions((this.deadline == null) ? others.deadline : this.deadline,
				(this.chain == null) ? others.chain : this.chain, merged, this.metadata.over(others.metadata),
				(this.cache == null) ? others.cache : this.cache,
				(this.priority == null) ? others.priority : this.priority);
	}

	/**
	 * The options that change the stack itself.
	 */
	public CallOptions ofStack() {
		return isOfStack() ? this : new CallOptions(null, this.chain, this.modules);
	}

	private boolean isOfStack() {
		return this.deadline == null && this.cache == null && this.priority == null
				&& this.metadata.equals(RequestMetadata.EMPTY);
	}

	/**
	 * The override of one module's configuration.
	 *
	 * @param enabled on, off, or as configured
	 * @param settings by their key in {@code application.yml}, such as {@code
	 * max-retries}; {@code enabled} among them is the switch
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record ModuleOverride(@Nullable Boolean enabled, @AbsentIsEmpty Map<String, Object> settings) {

		public ModuleOverride {
			Map<String, Object> others = new LinkedHashMap<>(settings);
			Object said = others.remove("enabled");
			enabled = (said == null) ? enabled
					: Boolean.valueOf(!Boolean.FALSE.equals(enabled) && Boolean.parseBoolean(said.toString()));
			settings = Map.copyOf(others);
		}

		/**
		 * On, off, or {@code null} for as configured. Off takes precedence over settings,
		 * and settings over on.
		 */
		public @Nullable Boolean effectivelyEnabled() {
			if (Boolean.FALSE.equals(this.enabled)) {
				return false;
			}
			return this.settings.isEmpty() ? this.enabled : Boolean.TRUE;
		}

		ModuleOverride over(ModuleOverride other) {
			Map<String, Object> merged = new LinkedHashMap<>(other.settings);
			merged.putAll(this.settings);
			return new ModuleOverride((this.enabled == null) ? other.enabled : this.enabled, merged);
		}

	}

	/**
	 * Collects options. Not safe for use by several threads.
	 */
	public static final class Builder {

		private @Nullable Duration deadline;

		private @Nullable List<String> chain;

		private RequestMetadata metadata = RequestMetadata.EMPTY;

		private @Nullable CacheMode cache;

		private @Nullable Priority priority;

		private final Map<String, Boolean> enabled = new TreeMap<>();

		private final Map<String, Map<String, Object>> settings = new TreeMap<>();

		private Builder() {
		}

		/** For the whole call with all attempts and waits. */
		public Builder deadline(Duration deadline) {
			this.deadline = deadline;
			return this;
		}

		/** The targets to fall back to; switches fallback on. */
		public Builder chain(String... targets) {
			this.chain = List.of(targets);
			return this;
		}

		/** Tenant, session and labels of calls, where a request has none itself. */
		public Builder metadata(RequestMetadata metadata) {
			this.metadata = metadata;
			return this;
		}

		/** How the cache is used, where it is on. */
		public Builder cache(CacheMode cache) {
			this.cache = cache;
			return this;
		}

		/** Which calls go first where calls have to wait. */
		public Builder priority(Priority priority) {
			this.priority = priority;
			return this;
		}

		/** Retry on or off. */
		public Builder retry(boolean enabled) {
			return module("retry", enabled);
		}

		/** Retry on, with these settings. */
		public Builder retry(Consumer<RetryOptions> settings) {
			settings.accept(new RetryOptions(settingsOf("retry")));
			return this;
		}

		/** Fallback on or off. */
		public Builder fallback(boolean enabled) {
			return module("fallback", enabled);
		}

		/** Any module on or off, by its name in {@code arcllm.modules.order}. */
		public Builder module(String name, boolean enabled) {
			this.enabled.put(name, enabled);
			return this;
		}

		/**
		 * Any module on, with these settings by their key in {@code application.yml},
		 * such as {@code Map.of("max-retries", 5)}.
		 */
		public Builder module(String name, Map<String, ?> settings) {
			settingsOf(name).putAll(settings);
			return this;
		}

		private Map<String, Object> settingsOf(String module) {
			return this.settings.computeIfAbsent(module, (name) -> new LinkedHashMap<>());
		}

		/** The options. */
		public CallOptions build() {
			Map<String, ModuleOverride> modules = new TreeMap<>();
			this.enabled.forEach((name, on) -> modules.put(name,
					new ModuleOverride(on, this.settings.getOrDefault(name, Map.of()))));
			this.settings.forEach((name, values) -> modules.putIfAbsent(name,
					new ModuleOverride(values.isEmpty() ? Boolean.TRUE : null, values)));
			return new CallOptions(this.deadline, this.chain, modules, this.metadata, this.cache, this.priority);
		}

	}

}
