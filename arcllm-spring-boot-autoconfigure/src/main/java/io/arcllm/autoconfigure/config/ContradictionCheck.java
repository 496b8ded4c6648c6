package io.arcllm.autoconfigure.config;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.arcllm.CallOptions;
import io.arcllm.autoconfigure.config.KeyTree.Section;
import io.arcllm.module.fallback.recovery.Recovery;
import io.arcllm.module.attempt.TimeoutSettings;
import io.arcllm.module.circuitbreaker.CircuitBreakerSettings;
import io.arcllm.module.retry.RetrySettings;
import org.jspecify.annotations.Nullable;

/**
 * Finds settings that contradict each other.
 */
public final class ContradictionCheck {

	private final LayeredBinder binder;

	private final ModuleSettings settings;

	private final ArcllmProperties properties;

	public ContradictionCheck(LayeredBinder binder, ModuleSettings settings, ArcllmProperties properties) {
		this.binder = binder;
		this.settings = settings;
		this.properties = properties;
	}

	public ModuleSettings modules() {
		return this.settings;
	}

	/** Checks the settings for all providers, and those of each provider. */
	public void check() {
		check(null);
		this.properties.providers().forEach((name, provider) -> {
			if (this.settings.hasOwn(name)) {
				check(name);
			}
			checkConnect(name, provider);
		});
	}

	/**
	 * Checks the order of modules.
	 * @param own names of modules that are beans of the application
	 */
	public void checkOrder(Collection<String> own) {
		Set<String> known = new LinkedHashSet<>(this.binder.defaultOrder());
		known.addAll(own);
		Set<String> seen = new LinkedHashSet<>();
		for (String module : this.properties.modules().order()) {
			if (!known.contains(module)) {
				throw new ConfigMistake("arcllm.modules.order",
						"'arcllm.modules.order' names '" + module + "', but there is no such module.", "Did you mean '"
								+ Nearest.to(module, known).orElse("") + "'? Known: " + String.join(", ", known) + ".");
			}
			if (!seen.add(module)) {
				throw new ConfigMistake("arcllm.modules.order", "'arcllm.modules.order' has '" + module + "' twice.",
						"Remove one of the two.");
			}
		}
	}

	public void check(@Nullable String provider) {
		Section modules = this.binder.known().modules();
		modules.children().forEach((module, tree) -> {
			checkIsThere(module, provider);
			checkIsInOrder(module, provider);
			Class<?> type = ModuleSettings.types().get(module);
			if (type != null) {
				this.settings.bind(module, type, provider, CallOptions.NONE);
			}
		});
		checkRecovery(provider);
		TimeoutSettings timeout = timeout(provider);
		compare(provider, "timeout.first-token", timeout.firstToken(), timeout.attempt());
		checkWaits(provider);
		checkBudget(provider);
		checkWindow(provider);
	}

	private void checkWaits(@Nullable String provider) {
		RetrySettings retry = this.settings.bind("retry", RetrySettings.class, provider, CallOptions.NONE);
		if (retry.backoffBase().compareTo(retry.maxWait()) > 0) {
			contradicts("retry", provider, "backoff-base", "is longer than max-wait, so that all waits would be alike.",
					"Make it shorter, or max-wait longer.");
		}
	}

	private void checkBudget(@Nullable String provider) {
		for (String setting : List.of("budget.ratio", "budget.min-per-second")) {
			this.settings.configured("retry", provider, setting)
				.filter((layer) -> layer.prefix().startsWith("arcllm.providers."))
				.ifPresent((layer) -> {
					throw new ConfigMistake(layer.key("retry." + setting),
							"'" + layer.key("retry." + setting)
									+ "' would do nothing: the budget is of the whole process.",
							"Set arcllm.modules.retry." + setting + ".");
				});
		}
	}

	private void checkWindow(@Nullable String provider) {
		CircuitBreakerSettings breaker = this.settings.bind("circuit-breaker", CircuitBreakerSettings.class, provider,
				CallOptions.NONE);
		if (breaker.window() == CircuitBreakerSettings.Window.COUNT && breaker.minimumCalls() > breaker.windowSize()) {
			contradicts("circuit-breaker", provider, "minimum-calls",
					"is above window-size, so that the breaker could never open by its rate.",
					"Make it smaller, or window-size larger.");
		}
	}

	private void contradicts(String module, @Nullable String provider, String setting, String what, String mend) {
		this.settings.configured(module, provider, setting).ifPresent((layer) -> {
			String key = layer.key(module + "." + setting);
			throw new ConfigMistake(key, "'" + key + "' " + what, mend);
		});
	}

	private void checkRecovery(@Nullable String provider) {
		this.settings.configured("streams", provider, "recovery").ifPresent((layer) -> {
			StreamSettings streams = this.settings.bind("streams", StreamSettings.class, provider, CallOptions.NONE);
			if (streams.recovery() != Recovery.FAIL && !this.properties.modules().order().contains("fallback")) {
				throw new ConfigMistake(layer.key("streams.recovery"),
						"'" + layer.key("streams.recovery")
								+ "' has no place in the stack, since 'fallback' is not in 'arcllm.modules.order'.",
						"Add 'fallback' to arcllm.modules.order; it need not be enabled.");
			}
		});
	}

	private TimeoutSettings timeout(@Nullable String provider) {
		return this.settings.bind("timeout", TimeoutSettings.class, provider, CallOptions.NONE);
	}

	private void checkIsThere(String module, @Nullable String provider) {
		this.settings.configured(module, provider, "enabled").ifPresent((layer) -> {
			if (this.binder.planned().contains(module) && this.settings.enabled(module, provider, CallOptions.NONE)) {
				throw new ConfigMistake(layer.key(module + ".enabled"), "'" + layer.key(module + ".enabled")
						+ "' is true, but this version has no module '" + module + "' yet.", "Switch it off.");
			}
		});
	}

	private void checkIsInOrder(String module, @Nullable String provider) {
		List<String> order = this.properties.modules().order();
		this.settings.configured(module, provider, "enabled").ifPresent((layer) -> {
			if (this.binder.defaultOrder().contains(module) && !order.contains(module)
					&& this.settings.enabled(module, provider, CallOptions.NONE)) {
				throw new ConfigMistake(layer.key(module + ".enabled"),
						"'" + layer.key(module + ".enabled") + "' is true, but '" + module
								+ "' is not in 'arcllm.modules.order', so it would do nothing.",
						"Add '" + module + "' to arcllm.modules.order, or switch it off.");
			}
		});
	}

	private void checkConnect(String name, ProviderProperties provider) {
		String key = "arcllm.providers." + name + ".http.connect-timeout";
		Duration connect = provider.http().connectTimeout();
		boolean given = this.binder.configured().stream().anyMatch((layer) -> layer.contains(key));
		TimeoutSettings timeout = timeout(name);
		if (given && connect.compareTo(timeout.attempt()) > 0) {
			throw longer(key, connect, timeout.attempt());
		}
	}

	/** Only a configured value can be too long, never a default. */
	private void compare(@Nullable String provider, String key, Duration value, Duration attempt) {
		int dot = key.indexOf('.');
		this.settings.configured(key.substring(0, dot), provider, key.substring(dot + 1)).ifPresent((layer) -> {
			if (value.compareTo(attempt) > 0) {
				throw longer(layer.key(key), value, attempt);
			}
		});
	}

	private static ConfigMistake longer(String key, Duration value, Duration attempt) {
		return new ConfigMistake(key, "'" + key + "' is " + value.toSeconds()
				+ "s, longer than a whole attempt may take, which is " + attempt.toSeconds() + "s.",
				"Make it shorter, or arcllm.modules.timeout.attempt longer.");
	}

}
