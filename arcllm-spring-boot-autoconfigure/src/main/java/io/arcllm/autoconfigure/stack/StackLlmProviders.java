package io.arcllm.autoconfigure.stack;

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

	private final CallModule.Limits limits;

	private final @Nullable String primary;

	private final Map<Stack, LlmProvider> kept = new ConcurrentHashMap<>();

	/**
	 * @param targets whom there is
	 * @param stacks what is put around them
	 * @param limits what bounds each call
	 * @param primary the target that is meant where none is named
	 */
	public StackLlmProviders(Targets targets, Stacks stacks, CallModule.Limits limits, @Nullable String primary) {
		this.targets = targets;
		this.stacks = stacks;
		this.limits = limits;
		this.primary = primary;
	}

	@Override
	public LlmProvider load(String target) {
		return load(target, (options) -> {
		});
	}

	@Override
	public LlmProvider load(String target, Consumer<CallOptions.Builder> options) {
		Meant meant = this.targets.modelNames().find(target);
		Target first = this.targets.resolve(target);
		CallOptions.Builder builder = CallOptions.builder();
		if (meant != null && meant.chain()) {
			builder.chain(meant.targets().subList(1, meant.targets().size()).toArray(String[]::new));
		}
		options.accept(builder);
		LlmProvider provider = new CallModule(this.limits, builder.build(), (wanted) -> stack(first, wanted),
				(meant == null) ? null : target);
		return new NamedModels(provider, first.provider(), this.targets.modelNames(), (name) -> load(name, options));
	}

	@Override
	public LlmProvider primary() {
		if (this.primary == null) {
			throw new LlmConfigException("arcllm.provider",
					"No provider is configured: set arcllm.providers.<name>, such as arcllm.providers.anthropic.model");
		}
		return load(this.primary);
	}

	/** Opens a connection to each target of the primary's chain, without a call. */
	public void connect() {
		Target first = primaryTarget();
		if (first != null) {
			this.stacks.chain(first).forEach((target) -> this.targets.connect(target.provider()));
		}
	}

	public boolean hasPrimary() {
		return this.primary != null;
	}

	/** The target that is meant where none is named; {@code null} without providers. */
	public @Nullable Target primaryTarget() {
		return (this.primary == null) ? null : this.targets.resolve(this.primary);
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

	private LlmProvider stack(Target target, CallOptions options) {
		Stack key = new Stack(target, options);
		LlmProvider known = this.kept.get(key);
		if (known != null) {
			return known;
		}
		LlmProvider made = this.stacks.whole(target, options);
		if (this.kept.size() < MOST_KEPT) {
			this.kept.putIfAbsent(key, made);
		}
		return made;
	}

	private record Stack(Target target, CallOptions options) {
	}

}
