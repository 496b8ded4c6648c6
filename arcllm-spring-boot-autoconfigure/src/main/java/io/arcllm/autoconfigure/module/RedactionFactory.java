package io.arcllm.autoconfigure.module;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.PiiDetector;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.redaction.Redaction;
import io.arcllm.module.redaction.RedactionListener;
import io.arcllm.module.redaction.RedactionModule;
import io.arcllm.module.redaction.RedactionSettings;

/**
 * Puts redaction into stacks: one engine for the same settings.
 */
public final class RedactionFactory implements ModuleFactory {

	private static final String NAME = "redaction";

	private static final int MOST_KEPT = 500;

	private final ModuleSettings settings;

	private final List<PiiDetector> own;

	private final RedactionListener listener;

	private final Map<RedactionSettings, Redaction> engines = new ConcurrentHashMap<>();

	/**
	 * @param own detectors of the application's own
	 * @param listener hears what is taken out, by type
	 */
	public RedactionFactory(ModuleSettings settings, List<PiiDetector> own, RedactionListener listener) {
		this.settings = settings;
		this.own = own;
		this.listener = listener;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		RedactionSettings settings = this.settings.bind(NAME, RedactionSettings.class, position);
		Redaction known = this.engines.get(settings);
		return new RedactionModule(inner, (known != null) ? known : create(settings, position));
	}

	/**
	 * Makes the engines that are on, so that wrong expressions are found at start.
	 * @param targets all that are configured
	 */
	public void check(Collection<Target> targets) {
		targets.stream()
			.map((target) -> new StackPosition(target, CallOptions.NONE))
			.filter((position) -> this.settings.enabled(NAME, position.provider(), position.options()))
			.forEach((position) -> around((request) -> {
				throw new IllegalStateException("Only made to be checked");
			}, position));
	}

	private Redaction create(RedactionSettings settings, StackPosition position) {
		try {
			Redaction engine = new Redaction(settings, this.own, this.listener);
			// options that vary from call to call are no reason to keep ever more engines
			if (this.engines.size() < MOST_KEPT) {
				this.engines.put(settings, engine);
			}
			return engine;
		}
		catch (IllegalArgumentException ex) {
			String key = this.settings.configured(NAME, position.provider(), "patterns")
				.map((layer) -> layer.prefix() + ".redaction.patterns")
				.orElse("arcllm.modules.redaction.patterns");
			throw new ConfigMistake(key, "'" + key + "' is wrong: " + ex.getMessage() + ".",
					"Correct the pattern, or remove it.");
		}
	}

}
