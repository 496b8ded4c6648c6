package io.arcllm.autoconfigure.stack;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.arcllm.CallOptions;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ConfigLayer;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderProperties.Model;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.module.attempt.TimeoutSettings;
import io.arcllm.module.budget.BudgetSettings;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.retry.RetrySettings;
import io.arcllm.provider.ModelTraits;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Logs at start-up what one call may cost at most, and which settings contradict each
 * other, have no effect, or waste a fallback.
 */
public final class Linter {

	private static final Log logger = LogFactory.getLog(Linter.class);

	private static final Set<String> GATES = Set.of("circuit-breaker", "rate-limit", "bulkhead");

	/** The parts of a request that a hop must take. */
	private static final Set<Parameter> NEEDED = Set.of(Parameter.TOOLS, Parameter.IMAGES, Parameter.DOCUMENTS,
			Parameter.SCHEMA, Parameter.FORCED_TOOL);

	private static final int MILLION = 6;

	private final LayeredBinder binder;

	private final ArcllmProperties properties;

	private final ModuleSettings settings;

	private final Targets targets;

	private final Stacks stacks;

	private final ModelRetries retries;

	/**
	 * @param binder has the configured keys
	 * @param properties the configuration
	 * @param settings the settings of modules
	 * @param targets all targets
	 * @param stacks the stacks of targets
	 * @param retries counts the retries of other libraries' models
	 */
	public Linter(LayeredBinder binder, ArcllmProperties properties, ModuleSettings settings, Targets targets,
			Stacks stacks, ModelRetries retries) {
		this.binder = binder;
		this.properties = properties;
		this.settings = settings;
		this.targets = targets;
		this.stacks = stacks;
		this.retries = retries;
	}

	/**
	 * Logs the bounds of a call and the warnings, as {@code arcllm.lint} configures.
	 * @throws ConfigMistake with all warnings, if these stop the start
	 */
	public void run() {
		if (this.properties.lint() == ArcllmProperties.Lint.OFF) {
			return;
		}
		List<Target> primaries = this.targets.names().stream().map(this.targets::resolve).toList();
		primaries.forEach((primary) -> logger.info(bounds(primary)));
		warn(warnings());
	}

	/**
	 * The warnings to log.
	 * @throws ConfigMistake with all warnings, if {@code arcllm.lint} makes them mistakes
	 */
	public List<String> warnings() {
		if (this.properties.lint() == ArcllmProperties.Lint.OFF) {
			return List.of();
		}
		List<String> warnings = warnings(this.targets.names().stream().map(this.targets::resolve).toList());
		if (this.properties.lint() == ArcllmProperties.Lint.FAIL && !warnings.isEmpty()) {
			throw new ConfigMistake("arcllm.lint", "The configuration has warnings:\n" + String.join("\n", warnings),
					"Mend them, or set arcllm.lint to warn.");
		}
		return warnings;
	}

	/** Logs warnings. */
	public static void warn(List<String> warnings) {
		warnings.forEach(logger::warn);
	}

	/** All warnings, each of which begins with the whole key. */
	List<String> warnings(List<Target> primaries) {
		List<String> warnings = new ArrayList<>(this.targets.warnings());
		primaries.forEach((primary) -> chain(primary, warnings));
		primaries.forEach((primary) -> warnings.addAll(this.retries.warnings(primary, 1 + retries(primary))));
		this.settings.idle()
			.forEach((key, module) -> warnings.add(key + " does nothing, since " + module + " is off: set "
					+ key.substring(0, key.indexOf("modules." + module)) + "modules." + module + ".enabled to true"));
		order(warnings);
		deadline(warnings);
		hedge(warnings);
		warnings.addAll(new WrittenLint(this.binder, this.properties, this.settings, this.targets).warnings());
		return warnings.stream().distinct().map(this::located).toList();
	}

	/** The warning with the place where its key is written. */
	private String located(String warning) {
		String origin = this.binder.origin(warning.substring(0, warning.indexOf(' ')));
		return (origin == null) ? warning : warning + " (" + origin + ")";
	}

	private void chain(Target primary, List<String> warnings) {
		if (!this.settings.enabled("fallback", primary.provider(), CallOptions.NONE)) {
			return;
		}
		List<Target> chain = this.stacks.chain(primary);
		String enabled = key(primary, "enabled");
		if (chain.size() < 2 && enabled != null && !isWritten(primary, "chain")) {
			warnings.add(enabled + " is true, but there is no other target to ask: set "
					+ enabled.replace(".enabled", ".chain"));
		}
		// a chain that the profile made from all providers was not chosen by the
		// application
		String key = Objects.requireNonNullElse(key(primary, "chain"), "");
		if (!key.isEmpty()) {
			chain.stream().skip(1).forEach((hop) -> hop(key, primary, hop, warnings));
		}
		cost(primary, chain, warnings);
	}

	private void hop(String key, Target primary, Target hop, List<String> warnings) {
		ProviderDefinition first = this.targets.definition(primary.provider());
		ProviderDefinition next = this.targets.definition(hop.provider());
		if (first == null || next == null) {
			return;
		}
		if (first != next && first.baseUrl().equals(next.baseUrl()) && first.keys().equals(next.keys())) {
			warnings.add(key + " names '" + hop + "', which has the URL and the key of '" + primary
					+ "' and so fails with it: name a target elsewhere");
		}
		Set<Parameter> lacks = new TreeSet<>(this.targets.traits(hop).unsupported());
		lacks.retainAll(NEEDED);
		lacks.removeAll(this.targets.traits(primary).unsupported());
		if (!lacks.isEmpty()) {
			warnings.add(key + " names '" + hop + "', which does not take "
					+ lacks.stream().map(Text::dashed).collect(Collectors.joining(", ")) + " where '" + primary
					+ "' does: such requests pass over it; name a target that takes them");
		}
		int window = this.targets.contextWindow(primary);
		int less = this.targets.contextWindow(hop);
		if (window > 0 && less > 0 && less < window) {
			warnings.add(key + " names '" + hop + "', which takes " + less + " tokens where '" + primary + "' takes "
					+ window + ": longer requests pass over it; name a target with as large a window, or set "
					+ key.replaceAll("chain$", "context-window"));
		}
	}

	private void cost(Target primary, List<Target> chain, List<String> warnings) {
		FallbackSettings fallback = this.settings.bind("fallback", FallbackSettings.class, primary.provider(),
				CallOptions.NONE);
		String key = key(primary, "selection");
		List<Target> unknown = chain.stream().filter((target) -> price(target) == null).toList();
		if (key != null && fallback.selection() == FallbackSettings.Choice.COST && !unknown.isEmpty()) {
			warnings.add(key + " is cost, but the price of '" + unknown.get(0) + "' is not known: set arcllm.providers."
					+ unknown.get(0).provider() + ".models[].price");
		}
	}

	private void order(List<String> warnings) {
		List<String> order = this.properties.modules().order();
		order.stream()
			.filter((module) -> GATES.contains(module) && order.indexOf(module) < order.indexOf("fallback"))
			.filter((module) -> this.settings.enabled(module, null, CallOptions.NONE)
					&& this.settings.enabled("fallback", null, CallOptions.NONE))
			.forEach((module) -> warnings.add("arcllm.modules.order has '" + module
					+ "' before fallback, where it refuses whole calls and no other target is asked: move it behind fallback"));
	}

	private void deadline(List<String> warnings) {
		Duration attempt = this.settings.bind("timeout", TimeoutSettings.class, null, CallOptions.NONE).attempt();
		if (this.binder.isConfigured("arcllm.deadline") && this.binder.isConfigured("arcllm.modules.timeout.attempt")
				&& this.properties.deadline().compareTo(attempt) < 0) {
			warnings.add("arcllm.deadline is shorter than arcllm.modules.timeout.attempt, so that no attempt can take"
					+ " as long: make it longer, or the attempt shorter");
		}
	}

	private void hedge(List<String> warnings) {
		String key = "arcllm.modules.hedge.enabled";
		if (this.binder.isConfigured(key) && this.settings.enabled("hedge", null, CallOptions.NONE)
				&& !this.settings.enabled("fallback", null, CallOptions.NONE)) {
			warnings.add(key + " is true, but fallback is off, so there is no other target to ask: set"
					+ " arcllm.modules.fallback.enabled and .chain");
		}
	}

	private boolean isWritten(Target primary, String setting) {
		return key(primary, setting) != null;
	}

	/** The whole key of a setting of the chain, where it is configured. */
	private @Nullable String key(Target primary, String setting) {
		return this.settings.configured("fallback", primary.provider(), setting)
			.map((ConfigLayer layer) -> layer.key("fallback." + setting))
			.orElse(null);
	}

	/** The most attempts, the longest time and the most money of one call. */
	String bounds(Target primary) {
		List<Target> chain = this.stacks.chain(primary);
		RetrySettings retry = this.settings.bind("retry", RetrySettings.class, primary.provider(), CallOptions.NONE);
		int retries = retries(primary);
		int attempts = (int) Math.min(this.properties.maxAttempts(), (retries + 1L) * chain.size());
		Duration attempt = this.settings.bind("timeout", TimeoutSettings.class, primary.provider(), CallOptions.NONE)
			.attempt();
		Duration longest = attempt.multipliedBy(attempts).plus(retry.maxWait().multipliedBy(retries));
		Duration bound = (longest.compareTo(this.properties.deadline()) < 0) ? longest : this.properties.deadline();
		int requests = this.retries.requests(chain, retries + 1, attempts);
		return "A call of " + primary + ": at most " + requests + " attempts, " + text(bound) + ", "
				+ money(chain, requests);
	}

	private int retries(Target primary) {
		return this.settings.enabled("retry", primary.provider(), CallOptions.NONE)
				? this.settings.bind("retry", RetrySettings.class, primary.provider(), CallOptions.NONE).maxRetries()
				: 0;
	}

	private String money(List<Target> chain, int attempts) {
		BigDecimal most = BigDecimal.ZERO;
		for (Target target : chain) {
			BigDecimal price = price(target);
			if (price == null) {
				return "price unknown";
			}
			most = most.max(price);
		}
		return most.multiply(BigDecimal.valueOf(attempts)).setScale(2, RoundingMode.CEILING) + " "
				+ this.settings.bind("budget", BudgetSettings.class, (String) null, CallOptions.NONE).currency();
	}

	/** The cost of a full window and the longest answer. */
	private @Nullable BigDecimal price(Target target) {
		Model model = this.targets.model(target);
		if (model == null || model.price() == null) {
			return null;
		}
		BigDecimal input = model.price().input();
		BigDecimal output = model.price().output();
		if (input == null || output == null) {
			return null;
		}
		if (input.signum() == 0 && output.signum() == 0) {
			return BigDecimal.ZERO;
		}
		ModelTraits traits = this.targets.traits(target);
		Integer window = traits.contextWindow();
		return (window == null) ? null
				: input.multiply(BigDecimal.valueOf(window))
					.add(output.multiply(BigDecimal.valueOf(Objects.requireNonNullElse(traits.maxOutput(), window))))
					.movePointLeft(MILLION);
	}

	private static String text(Duration duration) {
		long seconds = Math.max(1, duration.toSeconds());
		return (seconds % 60 == 0) ? seconds / 60 + "m" : seconds + "s";
	}

}
