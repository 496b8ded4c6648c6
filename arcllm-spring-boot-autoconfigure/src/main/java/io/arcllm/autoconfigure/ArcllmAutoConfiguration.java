package io.arcllm.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.arcllm.CallerContext;
import io.arcllm.CallOptions;
import io.arcllm.LlmModule;
import io.arcllm.LlmProviders;
import io.arcllm.RequestMetadata;
import io.arcllm.RequestMetadataResolver;
import io.arcllm.autoconfigure.actuator.Decisions;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ArcllmProperties.WarmUp;
import io.arcllm.autoconfigure.config.ContradictionCheck;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.module.BulkheadConfiguration;
import io.arcllm.autoconfigure.module.RetryFactory;
import io.arcllm.autoconfigure.module.TimeoutFactory;
import io.arcllm.autoconfigure.stack.AdapterFactory;
import io.arcllm.autoconfigure.stack.ApplicationHttp;
import io.arcllm.autoconfigure.stack.ChainCheck;
import io.arcllm.autoconfigure.stack.ChainFactory;
import io.arcllm.autoconfigure.stack.HedgeFactory;
import io.arcllm.autoconfigure.stack.HttpClients;
import io.arcllm.autoconfigure.stack.Linter;
import io.arcllm.autoconfigure.stack.LlmWebClientCustomizer;
import io.arcllm.autoconfigure.stack.ModelBridge;
import io.arcllm.autoconfigure.stack.ModelRetries;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.ModuleOrder;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import io.arcllm.autoconfigure.stack.Selections;
import io.arcllm.autoconfigure.stack.ShutdownLifecycle;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import io.arcllm.autoconfigure.stack.Stacks;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.CallListener;
import io.arcllm.module.CallModule;
import io.arcllm.module.Hook;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Shutdown;
import io.arcllm.module.retry.LlmBackOffPolicy;
import io.arcllm.module.retry.LlmRetryPolicy;
import io.arcllm.module.retry.RetryBudget;
import io.arcllm.module.retry.RetrySettings;
import io.arcllm.module.routing.Chance;
import io.arcllm.module.routing.Scores;
import io.arcllm.module.telemetry.TelemetrySettings;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorClassifier;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.key.ApiKeySupplier;
import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffPolicy;

/**
 * Makes the providers with their stacks from the configuration under {@code arcllm}.
 */
@AutoConfiguration(after = { ArcllmPropertiesAutoConfiguration.class, WebClientAutoConfiguration.class })
@Import(BulkheadConfiguration.class)
@ImportRuntimeHints(ArcllmRuntimeHints.class)
public final class ArcllmAutoConfiguration {

	static final String PROVIDERS = "arcllmProviders";

	/** The qualifier of the application's own policies. */
	static final String QUALIFIER = "arcllm";

	@Bean
	static ProviderBeansRegistrar arcllmProviderBeans(Environment environment) {
		return new ProviderBeansRegistrar(environment);
	}

	@Bean
	@ConditionalOnMissingBean
	ErrorClassifier arcllmErrorClassifier() {
		return new DefaultErrorClassifier();
	}

	@Bean
	Targets arcllmTargets(LayeredBinder binder, ArcllmProperties properties, ProviderDefinitions definitions,
			ListableBeanFactory beans, AdapterFactory arcllmAdapters, ContradictionCheck settings) {
		return binder
			.located(() -> new Targets(definitions, OwnProviders.names(beans, definitions, properties.provider()),
					beans, arcllmAdapters, properties.models(), settings.modules()));
	}

	@Bean
	HttpClients arcllmHttpClients(ProviderDefinitions definitions, ListableBeanFactory beans,
			ObjectProvider<LlmWebClientCustomizer> customizers, LayeredBinder binder, ModuleSettings settings) {
		ApplicationHttp application = new ApplicationHttp(ApplicationHttp.builder(beans),
				connector(beans.getBeanProvider(ClientHttpConnectorBuilder.class).getIfUnique()),
				beans.getBeanProvider(HttpClientSettings.class).getIfUnique(HttpClientSettings::defaults),
				beans.getBeanProvider(SslBundles.class).getIfAvailable(),
				beans.getBeanNamesForType(ObservationRegistry.class, true, false).length > 0);
		HttpClients clients = new HttpClients(application, customizers.orderedStream().toList(), binder::isConfigured,
				(provider) -> settings.configured("telemetry", TelemetrySettings.class, provider).propagate());
		definitions.all().forEach((one) -> binder.located(() -> clients.bundle(one.name(), one.http().sslBundle())));
		return clients;
	}

	/** ArcLLM uses Reactor Netty, whatever other clients of the application use. */
	private static ReactorClientHttpConnectorBuilder connector(@Nullable ClientHttpConnectorBuilder<?> all) {
		return (all instanceof ReactorClientHttpConnectorBuilder reactor) ? reactor
				: ClientHttpConnectorBuilder.reactor();
	}

	@Bean
	AdapterFactory arcllmAdapters(HttpClients clients, ErrorClassifier classifier, ObjectProvider<ApiKeySupplier> keys,
			ObjectProvider<ModelBridge> bridges) {
		Hook hook = new Hook("The ErrorClassifier " + classifier.getClass().getName());
		ErrorClassifier ours = new DefaultErrorClassifier();
		ErrorClassifier guarded = (error) -> hook
			.get(() -> Objects.requireNonNull(classifier.classify(error), "classify"), () -> ours.classify(error));
		return new AdapterFactory(clients, new ErrorReader(guarded, Clock.systemUTC()), keys.getIfAvailable(),
				() -> bridges.stream().toList());
	}

	/** The retry budget of the process. */
	@Bean
	@ConditionalOnMissingBean
	RetryBudget arcllmRetryBudget(ModuleSettings settings) {
		RetrySettings shared = settings.bind("retry", RetrySettings.class, null, CallOptions.NONE);
		return new RetryBudget(shared.budget(), ModuleClock::nanos);
	}

	@Bean
	ModuleFactory arcllmRetry(ModuleSettings settings, RetryBudget budget,
			@Qualifier(QUALIFIER) ObjectProvider<RetryPolicy> policy,
			@Qualifier(QUALIFIER) ObjectProvider<BackOffPolicy> backOff, ObjectProvider<Chance> chance) {
		Chance jitter = chance.getIfAvailable(() -> Chance.REAL);
		return new RetryFactory(settings, (own) -> policy.getIfAvailable(() -> new LlmRetryPolicy(own)),
				(own) -> backOff.getIfAvailable(() -> new LlmBackOffPolicy(own, jitter)), budget);
	}

	@Bean
	@ConditionalOnMissingBean
	Scores arcllmScores() {
		return new Scores(ModuleClock::nanos);
	}

	@Bean
	ChainFactory arcllmFallback(ModuleSettings settings, Targets targets, RetryBudget budget, Scores scores,
			ObjectProvider<Chance> chance) {
		Selections selections = new Selections(targets, scores, chance.getIfAvailable(() -> Chance.REAL));
		return new ChainFactory(settings, targets, budget, selections, new HedgeFactory(settings, targets));
	}

	@Bean
	ModuleFactory arcllmTimeout(ModuleSettings settings) {
		return new TimeoutFactory(settings);
	}

	@Bean
	Decisions arcllmDecisions() {
		return new Decisions(new ModuleClock());
	}

	@Bean
	ProviderSwitches arcllmProviderSwitches() {
		return new ProviderSwitches();
	}

	@Bean
	Stacks arcllmStacks(LayeredBinder binder, ArcllmProperties properties, ProviderDefinitions definitions,
			Targets targets, ObjectProvider<ModuleFactory> modules, ChainFactory chains, ContradictionCheck settings,
			ListableBeanFactory beans, ProviderSwitches switches) {
		binder.locating(() -> settings.checkOrder(List.of(beans.getBeanNamesForType(LlmModule.class))));
		List<ModuleFactory> ours = modules.stream().toList();
		List<String> order = properties.modules().order();
		Stacks stacks = new Stacks(targets, () -> ModuleOrder.of(order, ours, beans), chains, settings.modules(),
				switches);
		stacks.check(ModuleOrder.absent(order, ours));
		ours.forEach((module) -> binder.locating(() -> module.check(settings.modules(), definitions)));
		return stacks;
	}

	@Bean
	Shutdown arcllmShutdown() {
		return new Shutdown();
	}

	@Bean
	ShutdownLifecycle arcllmShutdownLifecycle(Shutdown shutdown, Environment environment) {
		Duration timeout = Binder.get(environment)
			.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
			.orElse(Duration.ofSeconds(30));
		return new ShutdownLifecycle(shutdown, timeout);
	}

	@Bean(PROVIDERS)
	@ConditionalOnMissingBean(LlmProviders.class)
	StackLlmProviders arcllmProviders(LayeredBinder binder, ArcllmProperties properties,
			ProviderDefinitions definitions, Targets targets, Stacks stacks, ModuleSettings settings,
			ObjectProvider<CallListener> listeners, ObjectProvider<RequestMetadataResolver> metadata,
			ObjectProvider<CallerContext.Capture> capture, Shutdown shutdown, ListableBeanFactory beans) {
		ChainCheck chains = new ChainCheck(definitions, targets.names(), targets.modelNames());
		String primary = binder.located(() -> {
			String one = chains.primary((properties.provider() != null) ? properties.provider()
					: OwnProviders.primary(beans, targets.own()));
			chains.checkAll(settings, one);
			return one;
		});
		CallModule.Limits limits = new CallModule.Limits(properties.deadline(), properties.maxAttempts(),
				CallListener.all(listeners.orderedStream().toList()),
				metadata.getIfAvailable(() -> (context) -> RequestMetadata.EMPTY), shutdown,
				capture.getIfAvailable(() -> CallerContext.Capture.NOTHING));
		return new StackLlmProviders(targets, stacks, limits, primary);
	}

	@Bean
	Linter arcllmLinter(LayeredBinder binder, ArcllmProperties properties, ModuleSettings settings, Targets targets,
			Stacks stacks, AdapterFactory adapters) {
		return new Linter(binder, properties, settings, targets, stacks, new ModelRetries(targets, adapters));
	}

	@Bean
	@ConditionalOnBean(StackLlmProviders.class)
	StartUp arcllmStartUp(StackLlmProviders providers, Targets targets, ListableBeanFactory beans,
			ArcllmProperties properties, Linter linter) {
		return new StartUp(providers, OwnProviders.primary(beans, targets.own()), linter, properties.warmUp());
	}

	@Bean
	static LazyInitializationExcludeFilter arcllmStartUpIsNotLazy() {
		return LazyInitializationExcludeFilter.forBeanTypes(StartUp.class);
	}

	/**
	 * Builds the primary stack at start-up, so that mistakes are found then, logs it, and
	 * runs the linter.
	 *
	 * @param providers make the stack
	 * @param injected the application's own bean that is injected without a stack, if any
	 * @param linter logs warnings
	 * @param warmUp what is prepared
	 */
	record StartUp(StackLlmProviders providers, @Nullable String injected, Linter linter,
			WarmUp warmUp) implements SmartInitializingSingleton {

		private static final Log logger = LogFactory.getLog(StartUp.class);

		@Override
		public void afterSingletonsInstantiated() {
			if (this.injected != null) {
				logger.info("Injected without a name is the bean '" + this.injected
						+ "' as it is: name it in arcllm.provider to put modules around it");
			}
			else if (this.providers.hasPrimary() && this.warmUp != WarmUp.NONE) {
				logger.info("Calls go through " + this.providers.primary());
			}
			this.linter.run();
			if (this.warmUp == WarmUp.CONNECTIONS) {
				this.providers.connect();
			}
		}

	}

}
