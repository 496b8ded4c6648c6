package io.arcllm.autoconfigure.stack;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.arcllm.CallOptions;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigLayer;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.ModelNames;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.Nearest;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.module.fallback.FallbackSettings;
import org.jspecify.annotations.Nullable;

/**
 * Checks the primary target and its chain against the existing providers and beans of the
 * application.
 */
public final class ChainCheck {

	private final Set<String> known = new LinkedHashSet<>();

	private final ProviderDefinitions definitions;

	private final ModelNames names;

	/**
	 * @param beans names of providers that are beans of the application
	 * @param names the names of models
	 */
	public ChainCheck(ProviderDefinitions definitions, Collection<String> beans, ModelNames names) {
		this.definitions = definitions;
		this.names = names;
		definitions.all().forEach((definition) -> this.known.add(definition.name()));
		this.known.addAll(beans);
	}

	/**
	 * The name of the provider that is injected without a qualifier: the configured
	 * primary one, else the only configured provider, else the only bean; {@code null} if
	 * there is none.
	 * @param configured {@code arcllm.provider}
	 */
	public @Nullable String primary(@Nullable String configured) {
		if (configured != null) {
			Target target = target("arcllm.provider", configured);
			requireKnown("arcllm.provider", target);
			return configured;
		}
		List<String> names = this.definitions.all().stream().map(ProviderDefinition::name).toList();
		if (names.size() > 1) {
			throw new ConfigMistake("arcllm.provider",
					"There are several providers (" + String.join(", ", names) + "), and none is the primary one.",
					"Set arcllm.provider to one of them.");
		}
		return (names.isEmpty() && this.known.size() == 1) ? this.known.iterator().next()
				: names.stream().findFirst().orElse(null);
	}

	/**
	 * Checks the chain of the primary target, and the chains of single providers, where
	 * fallback is on.
	 * @param primary the primary target, if there is one
	 */
	public void checkAll(ModuleSettings settings, @Nullable String primary) {
		if (primary != null) {
			requireModel("arcllm.provider", Target.parse(primary));
			checkAll(settings, Target.parse(primary), true);
		}
		this.definitions.all()
			.forEach((definition) -> checkAll(settings, new Target(definition.name(), definition.model()), false));
	}

	public void checkAll(ModuleSettings settings, Target first, boolean primary) {
		if (!settings.enabled("fallback", first.provider(), CallOptions.NONE)) {
			return;
		}
		FallbackSettings chains = settings.bind("fallback", FallbackSettings.class, first.provider(), CallOptions.NONE);
		Map<String, List<String>> named = Map.of("chain", chains.chainTargets(), "context-window",
				chains.contextWindow(), "content-policy", chains.contentPolicy());
		named.forEach((setting, chain) -> {
			if (settings.configured("fallback", first.provider(), setting).isEmpty()) {
				return;
			}
			String prefix = prefix(settings, first, setting);
			// the chain for all providers applies to each target, without the target
			// itself
			boolean own = primary || prefix.startsWith("arcllm.providers.");
			check(prefix + setting, chain, own ? first : new Target("", null));
		});
		if (primary || prefix(settings, first, "weights").startsWith("arcllm.providers.")) {
			checkWeights(prefix(settings, first, "weights") + "weights", chains, first);
		}
	}

	/** The prefix of a setting where it is configured. */
	private static String prefix(ModuleSettings settings, Target first, String setting) {
		return settings.configured("fallback", first.provider(), setting)
			.map(ConfigLayer::prefix)
			.orElse("arcllm.modules") + ".fallback.";
	}

	private void checkWeights(String key, FallbackSettings settings, Target primary) {
		Set<Target> weighed = new LinkedHashSet<>();
		weighed.add(withModel(primary));
		settings.chainTargets().forEach((member) -> weighed.add(withModel(Target.parse(member))));
		for (String text : settings.weightByTarget().keySet()) {
			Target target = target(key, text);
			requireKnown(key, target);
			if (!weighed.contains(withModel(target))) {
				throw new ConfigMistake(key, "'" + key + "' names '" + text + "', which is not in the chain.",
						"Remove it, or add it to the chain.");
			}
		}
	}

	/**
	 * Checks a chain.
	 * @param key the key of the chain, such as {@code arcllm.modules.fallback.chain}
	 * @param primary the target whose chain it is
	 * @throws LlmConfigException if a target is unknown, occurs twice, or is the primary
	 * one
	 */
	public void check(String key, List<String> chain, Target primary) {
		Set<Target> seen = new LinkedHashSet<>();
		for (String text : expand(key, chain)) {
			Target target = target(key, text);
			requireKnown(key, target);
			requireModel(key, target);
			if (!chain.contains(text)) {
				continue;
			}
			if (withModel(target).equals(withModel(primary))) {
				throw new ConfigMistake(key, "'" + key + "' has '" + text + "', which is the primary target itself.",
						"Remove it, or name another model, such as '" + target.provider() + "/<model>'.");
			}
			if (!seen.add(withModel(target))) {
				throw new ConfigMistake(key, "'" + key + "' has '" + text + "' twice.",
						"Remove one of the two: a target is asked once in a chain.");
			}
		}
	}

	private List<String> expand(String key, List<String> chain) {
		try {
			return chain.stream()
				.flatMap((text) -> (this.names.find(text) == null) ? Stream.of(text)
						: this.names.expand(List.of(text)).stream())
				.toList();
		}
		catch (LlmException ex) {
			throw new ConfigMistake(key, "'" + key + "' is wrong: " + ex.getMessage() + ".", "Correct the target.");
		}
	}

	private static Target target(String key, String text) {
		try {
			return Target.parse(text);
		}
		catch (LlmConfigException ex) {
			throw new ConfigMistake(key, "'" + key + "' is wrong: " + ex.getMessage() + ".", "Correct the target.");
		}
	}

	private void requireKnown(String key, Target target) {
		if (!this.known.contains(target.provider())) {
			throw new ConfigMistake(key,
					"'" + key + "' names '" + target + "', but there is no provider '" + target.provider() + "'.",
					this.known.isEmpty() ? "Configure it under arcllm.providers." + target.provider() + "."
							: "Did you mean '" + Nearest.to(target.provider(), this.known).orElse("") + "'? There are: "
									+ String.join(", ", this.known) + ".");
		}
	}

	/**
	 * A target without a model needs a configured one; for the primary target, a list of
	 * models is enough.
	 */
	private void requireModel(String key, Target target) {
		ProviderDefinition definition = this.definitions.find(target.provider());
		boolean named = key.equals("arcllm.provider") && definition != null && !definition.models().isEmpty();
		if (definition != null && definition.beans() == null && withModel(target).model() == null && !named) {
			String missing = "arcllm.providers." + target.provider() + ".model";
			throw new ConfigMistake(missing,
					"'" + missing + "' is not set, but '" + target + "' is asked by '" + key + "'.",
					"Set it to the name of a model, as the vendor writes it.");
		}
	}

	private Target withModel(Target target) {
		ProviderDefinition definition = this.definitions.find(target.provider());
		return (target.model() != null || definition == null) ? target
				: new Target(target.provider(), definition.model());
	}

}
