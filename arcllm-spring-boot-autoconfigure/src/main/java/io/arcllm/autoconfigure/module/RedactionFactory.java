package io.arcllm.autoconfigure.module;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.PiiDetector;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.redaction.Redaction;
import io.arcllm.module.redaction.RedactionListener;
import io.arcllm.module.redaction.RedactionModule;
import io.arcllm.module.redaction.RedactionSettings;

/**
 * Puts redaction into stacks, with one engine for equal settings.
 */
public final class RedactionFactory implements ModuleFactory {

	private static final String NAME = "redaction";

	private static final int MOST_KEPT = 500;

	/** Stands for beans of the application, which have no settings of their own. */
	private static final Target OWN = new Target("own", null);

	private final ModuleSettings settings;

	private final List<PiiDetector> own;

	private final RedactionListener listener;

	private final Map<RedactionSettings, Redaction> engines = new ConcurrentHashMap<>();

	/**
	 * @param own detectors of the application
	 * @param listener is notified of removals, by type
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
		return new RedactionModule(inner, engine(this.settings, position));
	}

	/** Makes the engines that are on, so that wrong expressions are found at start-up. */
	@Override
	public void check(ModuleSettings settings, ProviderDefinitions definitions) {
		Stream<Target> all = definitions.all().stream().map((one) -> new Target(one.name(), one.model()));
		Stream.concat(all, Stream.of(OWN))
			.map((target) -> new StackPosition(target, CallOptions.NONE))
			.filter((position) -> settings.enabled(NAME, position.provider(), position.options()))
			.forEach((position) -> engine(settings, position));
	}

	private Redaction engine(ModuleSettings settings, StackPosition position) {
		RedactionSettings own = settings.bind(NAME, RedactionSettings.class, position);
		Redaction known = this.engines.get(own);
		return (known != null) ? known : create(own, settings, position);
	}

	private Redaction create(RedactionSettings own, ModuleSettings settings, StackPosition position) {
		try {
			Redaction engine = new Redaction(own, this.own, this.listener);
			// engines for options of single calls are not kept without limit
			if (this.engines.size() < MOST_KEPT) {
				this.engines.put(own, engine);
			}
			return engine;
		}
		catch (IllegalArgumentException ex) {
			String key = settings.configured(NAME, position.provider(), "patterns")
				.map((layer) -> layer.prefix() + ".redaction.patterns")
				.orElse("arcllm.modules.redaction.patterns");
			throw new ConfigMistake(key, "'" + key + "' is wrong: " + ex.getMessage() + ".",
					"Correct the pattern, or remove it.");
		}
	}

}
