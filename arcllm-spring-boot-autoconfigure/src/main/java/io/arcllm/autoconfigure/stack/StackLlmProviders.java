package io.arcllm.autoconfigure.stack;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.arcllm.CallOptions;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModelNames.Meant;
import io.arcllm.module.CallModule;
import org.jspecify.annotations.Nullable;

/**
 * Hands out providers with their stacks, each made once.
 */
public final class StackLlmProviders implements LlmProviders {

	/** Options that vary from call to call are no reason to keep ever more stacks. */
	private static final int MOST_KEPT = 500;

	private final Targets targets;

	private final Stacks stacks;

	/** What is configured now; swapped when the configuration is read again. */
	private volatile Generation generation;

	/**
	 * What belongs to one configuration.
	 *
	 * @param limits what bounds each call
	 * @param primary the target that is meant where none is named
	 * @param kept the stacks that were built
	 */
	private record Generation(CallModule.Limits limits, @Nullable String primary, Map<Stack, LlmProvider> kept) {

		Generation(CallModule.Limits limits, @Nullable String primary) {
			this(limits, primary, new ConcurrentHashMap<>());
		}

	}

	/**
	 * @param targets all that can be asked
	 * @param stacks what is put around them
	 * @param limits what bounds each call
	 * @param primary the target that is meant where none is named
	 */
	public StackLlmProviders(Targets targets, Stacks stacks, CallModule.Limits limits, @Nullable String primary) {
		this.targets = targets;
		this.stacks = stacks;
		this.generation = new Generation(limits, primary);
	}

	/**
	 * From now on calls go through stacks that are built anew; those under way end on the
	 * old ones.
	 * @param deadline of a call
	 * @param maxAttempts of a call
	 * @param primary the target that is meant where none is named
	 */
	public void use(Duration deadline, int maxAttempts, @Nullable String primary) {
		this.generation = new Generation(this.generation.limits().bounded(deadline, maxAttempts), primary);
	}

	@Override
	public LlmProvider load(String target) {
		return load(target, (options) -> {
		});
	}

	@Override
	public LlmProvider load(String target, Consumer<CallOptions.Builder> options) {
		return new LoadedProvider<>(() -> this.generation, (generation) -> load(generation, target, options));
	}

	private LlmProvider load(Generation generation, String target, Consumer<CallOptions.Builder> options) {
		Meant meant = this.targets.modelNames().find(target);
		Target first = this.targets.resolve(target);
		CallOptions.Builder builder = CallOptions.builder();
		if (meant != null && meant.chain()) {
			builder.chain(meant.targets().subList(1, meant.targets().size()).toArray(String[]::new));
		}
		options.accept(builder);
		LlmProvider provider = new CallModule(generation.limits(), builder.build(),
				(wanted) -> stack(generation, first, wanted), (meant == null) ? null : target);
		return new NamedModels(provider, first.provider(), this.targets.modelNames(),
				(name) -> load(generation, name, options));
	}

	@Override
	public LlmProvider primary() {
		String primary = this.generation.primary();
		if (primary == null) {
			throw new LlmConfigException("arcllm.provider",
					"No provider is configured: set arcllm.providers.<name>, such as arcllm.providers.anthropic.model");
		}
		return load(primary);
	}

	/** Opens a connection to each target of the primary's chain, without a call. */
	public void connect() {
		Target first = primaryTarget();
		if (first != null) {
			this.stacks.chain(first).forEach((target) -> this.targets.connect(target.provider()));
		}
	}

	public boolean hasPrimary() {
		return this.generation.primary() != null;
	}

	/** The target that is meant where none is named; {@code null} without providers. */
	public @Nullable Target primaryTarget() {
		String primary = this.generation.primary();
		return (primary == null) ? null : this.targets.resolve(primary);
	}

	@Override
	public List<String> names() {
		return this.targets.names();
	}

	@Override
	public Map<String, List<Target>> models() {
		Map<String, List<Target>> models = new LinkedHashMap<>();
		this.targets.modelNames()
			.all()
			.forEach((name, meant) -> models.put(name, meant.targets().stream().map(this.targets::resolve).toList()));
		return models;
	}

	@Override
	public List<Target> targets() {
		return this.targets.all();
	}

	private LlmProvider stack(Generation generation, Target target, CallOptions options) {
		Stack key = new Stack(target, options);
		LlmProvider known = generation.kept().get(key);
		if (known != null) {
			return known;
		}
		LlmProvider made = this.stacks.whole(target, options);
		if (generation.kept().size() < MOST_KEPT) {
			generation.kept().putIfAbsent(key, made);
		}
		return made;
	}

	private record Stack(Target target, CallOptions options) {
	}

}
