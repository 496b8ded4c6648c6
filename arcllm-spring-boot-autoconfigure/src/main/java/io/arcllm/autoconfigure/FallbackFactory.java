package io.arcllm.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;
import io.arcllm.module.fallback.Chain;
import io.arcllm.module.fallback.FallbackModule;
import io.arcllm.module.fallback.FallbackSettings;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Puts a chain into stacks: the one module that wraps several targets.
 */
final class FallbackFactory implements ModuleFactory {

	static final String NAME = "fallback";

	private static final Log logger = LogFactory.getLog(FallbackFactory.class);

	private final ModuleSettings settings;

	private final Targets targets;

	FallbackFactory(ModuleSettings settings, Targets targets) {
		this.settings = settings;
		this.targets = targets;
	}

	@Override
	public String name() {
		return NAME;
	}

	/**
	 * A chain of which nobody but the primary target is known.
	 */
	@Override
	public LlmProvider around(LlmProvider inner, Place place) {
		throw new IllegalStateException("A chain needs its targets");
	}

	/**
	 * Wraps a chain.
	 * @param primary its first target
	 * @param candidates makes the others
	 */
	LlmProvider around(Candidate primary, Place place, Function<Target, Candidate> candidates) {
		FallbackSettings settings = settings(place);
		List<Candidate> targets = new ArrayList<>();
		targets.add(primary);
		targets.addAll(resolve(settings.chain(), place, candidates));
		Chain chain = new Chain(targets, resolve(settings.contextWindow(), place, candidates),
				resolve(settings.contentPolicy(), place, candidates));
		return new FallbackModule(chain, settings, selection(settings));
	}

	FallbackSettings settings(Place place) {
		return this.settings.bind(NAME, FallbackSettings.class, place.provider(), place.options());
	}

	private List<Candidate> resolve(List<String> chain, Place place, Function<Target, Candidate> candidates) {
		List<Candidate> resolved = new ArrayList<>();
		for (String text : chain) {
			Target target = this.targets.resolve(text);
			if (target.equals(place.target())) {
				continue;
			}
			if (this.targets.isWithoutKey(target.provider())) {
				logger.warn("Chain member '" + text + "' is passed over: it has no key; set arcllm.providers."
						+ target.provider() + ".api-key");
				continue;
			}
			resolved.add(candidates.apply(target));
		}
		return resolved;
	}

	private static Selection selection(FallbackSettings settings) {
		if (settings.selection() != FallbackSettings.Choice.ORDERED) {
			throw new LlmConfigException("arcllm.modules.fallback.selection",
					"arcllm.modules.fallback.selection: only 'ordered' is there");
		}
		return Selection.ORDERED;
	}

}
