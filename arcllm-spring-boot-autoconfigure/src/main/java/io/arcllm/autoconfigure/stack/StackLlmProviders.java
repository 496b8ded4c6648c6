package io.arcllm.autoconfigure.stack;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.arcllm.CallOptions;
import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModelNames;
import io.arcllm.autoconfigure.config.ModelNames.Meant;
import io.arcllm.module.BaseModule;
import io.arcllm.module.CallModule;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Loads providers with their stacks, each made once. Safe for use by many threads.
 */
public final class StackLlmProviders implements LlmProviders {

	/** The most stacks that are kept, because options may differ from call to call. */
	private static final int MOST_KEPT = 500;

	private final Targets targets;

	private final Stacks stacks;

	/** The present configuration; swapped by a refresh. */
	private volatile Generation generation;

	/**
	 * The stacks of one configuration.
	 *
	 * @param limits the limits of each call
	 * @param primary the primary target
	 * @param kept the stacks that were built
	 */
	private record Generation(CallModule.Limits limits, @Nullable String primary, Map<Stack, LlmProvider> kept) {

		Generation(CallModule.Limits limits, @Nullable String primary) {
			this(limits, primary, new ConcurrentHashMap<>());
		}

	}

	/**
	 * @param targets all that can be asked
	 * @param stacks builds their stacks
	 * @param limits the limits of each call
	 * @param primary the primary target
	 */
	public StackLlmProviders(Targets targets, Stacks stacks, CallModule.Limits limits, @Nullable String primary) {
		this.targets = targets;
		this.stacks = stacks;
		this.generation = new Generation(limits, primary);
	}

	/**
	 * Applies a new configuration: new calls use newly built stacks, and calls under way
	 * end on the old ones.
	 * @param deadline of a call
	 * @param maxAttempts of a call
	 * @param primary the primary target
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
		return new LoadedProvider<>(() -> this.generation, (generation) -> load(generation, target, options),
				this.generation.limits().capture());
	}

	private LlmProvider load(Generation generation, String target, Consumer<CallOptions.Builder> options) {
		Meant meant = this.targets.modelNames().find(target);
		Target first = this.targets.resolve(target);
		CallOptions.Builder builder = CallOptions.builder();
		if (meant != null && meant.chain()) {
			builder.chain(meant.targets().subList(1, meant.targets().size()).toArray(String[]::new));
		}
		options.accept(builder);
		CallModule provider = new CallModule(generation.limits(), builder.build(),
				(wanted) -> stack(generation, first, wanted), (meant == null) ? null : target);
		return new NamedModels(provider, first.provider(), this.targets.modelNames(),
				(name) -> load(generation, name, options));
	}

	@Override
	public LlmProvider primary() {
		String primary = this.generation.primary();
		if (primary == null) {
			throw new LlmConfigException("arcllm.provider", names().isEmpty()
					? "No provider is configured: set arcllm.providers.<name>, such as arcllm.providers.anthropic.model"
					: "There are several providers (" + String.join(", ", names())
							+ "), and none is the primary one: set arcllm.provider to one of them");
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

	/** The primary target; {@code null} without providers. */
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

	/**
	 * The provider that an application gets. It asks the stack of the configuration that
	 * is present when a call begins.
	 *
	 * @param <G> the stacks of one configuration
	 */
	private static final class LoadedProvider<G> implements LlmProvider, CallerContext.Source {

		private final Supplier<G> generation;

		private final Function<G, LlmProvider> maker;

		private final CallerContext.Capture capture;

		private volatile Made<G> made;

		/**
		 * @param generation the present configuration
		 * @param maker makes the stack
		 * @param capture captures the context of callers
		 */
		LoadedProvider(Supplier<G> generation, Function<G, LlmProvider> maker, CallerContext.Capture capture) {
			this.capture = capture;
			this.generation = generation;
			this.maker = maker;
			G now = generation.get();
			this.made = new Made<>(now, maker.apply(now));
		}

		private LlmProvider current() {
			G now = this.generation.get();
			Made<G> known = this.made;
			if (known.generation() != now) {
				known = new Made<>(now, again(known.provider(), now));
				this.made = known;
			}
			return known.provider();
		}

		/** Keeps the old stack of a target that the new configuration does not have. */
		private LlmProvider again(LlmProvider before, G now) {
			try {
				return this.maker.apply(now);
			}
			catch (LlmConfigException ex) {
				return before;
			}
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return current().exchange(request);
		}

		@Override
		public String name() {
			return current().name();
		}

		@Override
		public CallerContext.Capture capture() {
			return this.capture;
		}

		@Override
		public boolean validateConfig() {
			return current().validateConfig();
		}

		@Override
		public String toString() {
			return current().toString();
		}

		private record Made<G>(G generation, LlmProvider provider) {
		}

	}

	/**
	 * A redirector: sends a request whose model is a name of {@code arcllm.models}, or
	 * the model of exactly one other provider, to the target or chain of that name.
	 */
	private static final class NamedModels extends BaseModule {

		private final CallModule calls;

		private final String provider;

		private final ModelNames names;

		private final Function<String, LlmProvider> load;

		/**
		 * @param calls is asked for all other models
		 * @param provider the provider of the primary target
		 * @param load loads the target of a name
		 */
		NamedModels(CallModule calls, String provider, ModelNames names, Function<String, LlmProvider> load) {
			super(calls);
			this.calls = calls;
			this.provider = provider;
			this.names = names;
			this.load = load;
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			String model = request.model();
			return (model == null || !this.names.isKnown(model) || this.names.isModelOf(this.provider, model))
					? this.inner.exchange(request) : named(model, request);
		}

		private Flux<LlmEvent> named(String model, LlmRequest request) {
			return Flux.defer(() -> {
				LlmProvider named;
				try {
					named = (this.names.find(model) == null) ? null : this.load.apply(model);
				}
				catch (RuntimeException ex) {
					return this.calls.reject(request, ex);
				}
				if (named != null) {
					return named.exchange(request.mutate().model(null).build());
				}
				return this.names.isTarget(model)
						? this.inner.exchange(request)
							.onErrorMap(LlmException.class, (failure) -> hinted(failure, model))
						: this.inner.exchange(request);
			});
		}

		/** Adds a hint if the model begins with the name of a provider. */
		private static LlmException hinted(LlmException failure, String model) {
			return (failure.kind() != ErrorKind.MODEL_NOT_FOUND) ? failure
					: failure.withMessage("; did you mean the target '" + model + "'?");
		}

		/** Always present, so it is not shown. */
		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

}
