package io.arcllm.autoconfigure.stack;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import io.arcllm.CallerContext;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.OwnThreads;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderProperties.Defaults;
import io.arcllm.autoconfigure.config.ProviderProperties.Keys;
import io.arcllm.autoconfigure.config.ProviderProperties.OnUnsupported;
import io.arcllm.module.BaseModule;
import io.arcllm.module.EventStep;
import io.arcllm.module.ModuleClock;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.error.ForeignErrors;
import io.arcllm.provider.http.HttpProvider;
import io.arcllm.provider.http.HttpProviderSettings;
import io.arcllm.provider.key.ApiKeySupplier;
import io.arcllm.provider.key.ApiKeys;
import io.arcllm.provider.key.KeyPool;
import io.arcllm.provider.key.TenantKeys;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import io.arcllm.provider.openai.OpenAiQuirk;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Makes the adapters of provider definitions, and keeps their keys.
 */
public final class AdapterFactory {

	/** The most models of one provider whose traits are kept. */
	private static final int MOST_MODELS = 1000;

	private final HttpClients clients;

	private final ErrorReader errors;

	private final @Nullable ApiKeySupplier supplier;

	private final Supplier<List<ModelBridge>> bridges;

	private final Map<KeysOf, ApiKeys> keys = new ConcurrentHashMap<>();

	/** By provider, for beans of the application. */
	private final Map<String, OwnThreads> threads = new ConcurrentHashMap<>();

	/** The previous pools, whose state new pools take over. */
	private final Map<String, KeyPool> before = new ConcurrentHashMap<>();

	/**
	 * @param clients makes their connections
	 * @param errors reads errors
	 * @param supplier brings keys, if the application has one
	 * @param bridges make providers from other libraries' models
	 */
	public AdapterFactory(HttpClients clients, ErrorReader errors, @Nullable ApiKeySupplier supplier,
			Supplier<List<ModelBridge>> bridges) {
		this.clients = clients;
		this.errors = errors;
		this.supplier = supplier;
		this.bridges = bridges;
	}

	LlmProvider adapter(ProviderDefinition definition) {
		if (definition.beans() != null) {
			return new DefaultedProvider(reading(bridge(definition).provider(definition), definition.name(), null),
					definition);
		}
		HttpProviderSettings settings = new HttpProviderSettings(definition.name(), definition.baseUrl(),
				definition.keyRequired(), definition.model(), definition.headers(), definition.options(),
				definition.defaults().maxTokens(), definition.defaults().temperature(), traits(definition),
				definition.onUnsupported() == OnUnsupported.REFUSE, definition.http().maxResponseSize());
		return new HttpProvider(settings, format(definition), this.clients.create(definition), keys(definition),
				this.errors);
	}

	/** A bean of the application, which may block, with its exceptions read. */
	LlmProvider reading(LlmProvider own, String name) {
		return reading(own, name, this.threads.computeIfAbsent(name, OwnThreads::new));
	}

	private LlmProvider reading(LlmProvider own, String name, @Nullable OwnThreads threads) {
		return new ForeignErrorsProvider(own, new ForeignErrors(this.errors), name, threads);
	}

	/**
	 * The keys of a provider; the same ones each time.
	 */
	ApiKeys keys(ProviderDefinition definition) {
		return this.keys.computeIfAbsent(KeysOf.of(definition), (known) -> {
			List<String> configured = definition.keys();
			ApiKeys keys = (configured.size() > 1) ? pool(definition)
					: ApiKeys.of(configured.isEmpty() ? null : configured.get(0));
			return (this.supplier == null) ? keys : TenantKeys.of(definition.name(), this.supplier, keys,
					ModuleClock::nanos, definition.keySettings().supplierTimeout());
		});
	}

	private KeyPool pool(ProviderDefinition definition) {
		KeyPool pool = new KeyPool(definition.keys(), ModuleClock::nanos, definition.keySettings().retryAfter());
		KeyPool known = this.before.get(definition.name());
		if (known != null) {
			pool.learn(known);
		}
		this.before.put(definition.name(), pool);
		return pool;
	}

	/** Keeps the state of keys that stay, and forgets keys that have changed. */
	void forget(ProviderDefinition old, @Nullable ProviderDefinition newer) {
		KeysOf kept = (newer == null) ? null : KeysOf.of(newer);
		this.keys.keySet().removeIf((one) -> one.name().equals(old.name()) && !one.equals(kept));
	}

	/**
	 * Whether there is an {@code ApiKeySupplier} bean.
	 */
	boolean areKeysBrought() {
		return this.supplier != null;
	}

	/**
	 * Traits are kept by model, up to a limit, because callers may invent models.
	 */
	private static Function<String, ModelTraits> traits(ProviderDefinition definition) {
		Map<String, ModelTraits> known = new ConcurrentHashMap<>();
		return (model) -> {
			ModelTraits traits = known.get(model);
			if (traits == null) {
				traits = definition.traits(model);
				if (known.size() < MOST_MODELS) {
					known.put(model, traits);
				}
			}
			return traits;
		};
	}

	/** The vendor gets the session only if prompts are to be cached. */
	private static Set<OpenAiQuirk> quirks(ProviderDefinition definition) {
		Set<OpenAiQuirk> quirks = OpenAiQuirk.parse(definition.quirks());
		if (!definition.promptCache().auto()) {
			quirks.remove(OpenAiQuirk.PROMPT_CACHE_KEY);
		}
		return quirks;
	}

	/**
	 * The bridge to the library of the definition's beans.
	 */
	public ModelBridge bridge(ProviderDefinition definition) {
		return this.bridges.get()
			.stream()
			.filter((bridge) -> bridge.type().equals(definition.type()))
			.findFirst()
			.orElseThrow(() -> {
				String key = "arcllm.providers." + definition.name() + ".type";
				return new ConfigMistake(key,
						"'" + key + "' is '" + definition.type() + "', but that library is not on the class path.",
						"Add it, or configure another type.");
			});
	}

	/**
	 * Whether whole answers of the provider are single messages, without an order of
	 * blocks.
	 */
	static boolean answersInOneMessage(ProviderDefinition definition) {
		return definition.beans() != null || format(definition).answersInOneMessage();
	}

	private static WireFormat format(ProviderDefinition definition) {
		return switch (definition.type()) {
			case "anthropic" -> new AnthropicFormat(definition.name(), definition.promptCache());
			case "openai" -> new OpenAiFormat(definition.name(), quirks(definition));
			case "ollama" -> new OllamaFormat(definition.name());
			default -> throw new LlmConfigException("There is no wire format '" + definition.type() + "'");
		};
	}

	/**
	 * What a provider's keys are made of.
	 */
	private record KeysOf(String name, List<String> keys, Keys settings) {

		static KeysOf of(ProviderDefinition definition) {
			return new KeysOf(definition.name(), definition.keys(), definition.keySettings());
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * Completes requests to a provider without HTTP settings by its configuration: what a
	 * request leaves unset, and the longest answer of its model.
	 *
	 * @param inner the provider that is asked
	 * @param definition the configuration
	 */
	private record DefaultedProvider(LlmProvider inner, ProviderDefinition definition) implements LlmProvider {

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			Defaults defaults = this.definition.defaults();
			String model = (request.model() != null) ? request.model() : this.definition.model();
			ModelTraits traits = (model == null) ? ModelTraits.UNKNOWN : this.definition.traits(model);
			return this.inner.exchange(request.mutate()
				.maxTokens(traits.maxTokens(request.maxTokens(), defaults.maxTokens()))
				.temperature(traits.temperature(request.temperature(), defaults.temperature()))
				.build());
		}

		@Override
		public String name() {
			return this.inner.name();
		}

		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

	/**
	 * A provider with its own client, whose exceptions are read for the vendor's answer.
	 * It may block, as it does where the application calls it, so that it is never asked
	 * on an event loop, where retries and hops begin.
	 */
	private static final class ForeignErrorsProvider extends BaseModule {

		private final ForeignErrors errors;

		private final String name;

		private final @Nullable OwnThreads threads;

		/**
		 * @param inner may throw anything
		 * @param errors reads the exceptions
		 * @param name the target's name, which may differ from the provider's own name
		 * @param threads on which it may block; {@code null} if it has its own
		 */
		ForeignErrorsProvider(LlmProvider inner, ForeignErrors errors, String name, @Nullable OwnThreads threads) {
			super(inner);
			this.errors = errors;
			this.name = name;
			this.threads = threads;
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return each(request);
		}

		@Override
		protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
			EventStep step = new EventStep(actual) {

				@Override
				public void onError(Throwable failure) {
					this.actual.onError(
							CallerContext.of(this.actual.currentContext()).get(() -> read(failure, request.model())));
				}

			};
			if (this.threads != null && Schedulers.isInNonBlockingThread()) {
				this.threads.run(() -> this.inner.exchange(request)).subscribe(step);
			}
			else {
				ask(this.inner, request, step);
			}
		}

		private Throwable read(Throwable failure, @Nullable String model) {
			try {
				LlmException read = this.errors.read(failure, new Target(this.name, model));
				return (read != null) ? read : failure;
			}
			catch (RuntimeException ex) {
				// the exception itself failed
				return failure;
			}
		}

		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

}
