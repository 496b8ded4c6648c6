package io.arcllm.autoconfigure;

import java.time.Clock;
import java.util.List;

import io.arcllm.LlmModule;
import io.arcllm.LlmProviders;
import io.arcllm.RequestMetadata;
import io.arcllm.RequestMetadataResolver;
import io.arcllm.autoconfigure.actuator.Decisions;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ContradictionCheck;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.autoconfigure.stack.AdapterFactory;
import io.arcllm.autoconfigure.stack.BulkheadFactory;
import io.arcllm.autoconfigure.stack.ChainCheck;
import io.arcllm.autoconfigure.stack.ChainFactory;
import io.arcllm.autoconfigure.stack.Gauges;
import io.arcllm.autoconfigure.stack.HedgeFactory;
import io.arcllm.autoconfigure.stack.HttpClients;
import io.arcllm.autoconfigure.stack.LlmWebClientCustomizer;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.autoconfigure.stack.ModuleOrder;
import io.arcllm.autoconfigure.stack.ProviderSwitches;
import io.arcllm.autoconfigure.stack.RetryFactory;
import io.arcllm.autoconfigure.stack.Selections;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import io.arcllm.autoconfigure.stack.Stacks;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.autoconfigure.stack.TimeoutFactory;
import io.arcllm.module.CallListener;
import io.arcllm.module.CallModule;
import io.arcllm.module.routing.Scores;
import io.arcllm.provider.error.DefaultErrorClassifier;
import io.arcllm.provider.error.ErrorClassifier;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.key.ApiKeySupplier;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.BackOffPolicy;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes providers with their stacks of what is configured under {@code arcllm}.
 */
@AutoConfiguration(after = { ArcllmPropertiesAutoConfiguration.class, WebClientAutoConfiguration.class })
@ImportRuntimeHints(ArcllmRuntimeHints.class)
public final class ArcllmAutoConfiguration {

	static final String PROVIDERS = "arcllmProviders";

	/** Qualifies the application's own policies that ArcLLM is to use. */
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
	Targets arcllmTargets(ArcllmProperties properties, ProviderDefinitions definitions, ListableBeanFactory beans,
			AdapterFactory arcllmAdapters) {
		return new Targets(definitions, OwnProviders.names(beans, definitions, properties.provider()), beans,
				arcllmAdapters);
	}

	@Bean
	HttpClients arcllmHttpClients(ProviderDefinitions definitions, ObjectProvider<WebClient.Builder> builder,
			ObjectProvider<SslBundles> bundles, ObjectProvider<LlmWebClientCustomizer> customizers) {
		HttpClients clients = new HttpClients(builder.getIfUnique(WebClient::builder), bundles.getIfAvailable(),
				customizers.orderedStream().toList());
		definitions.all().forEach((one) -> clients.bundle(one.name(), one.http().sslBundle()));
		return clients;
	}

	@Bean
	AdapterFactory arcllmAdapters(HttpClients clients, ErrorClassifier classifier,
			ObjectProvider<ApiKeySupplier> keys) {
		return new AdapterFactory(clients, new ErrorReader(classifier, Clock.systemUTC()), keys.getIfAvailable());
	}

	@Bean
	RetryFactory arcllmRetry(ModuleSettings settings, @Qualifier(QUALIFIER) ObjectProvider<RetryPolicy> policy,
			@Qualifier(QUALIFIER) ObjectProvider<BackOffPolicy> backOff) {
		return new RetryFactory(settings, policy.getIfAvailable(), backOff.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	Scores arcllmScores() {
		return new Scores(System::nanoTime);
	}

	@Bean
	ChainFactory arcllmFallback(ModuleSettings settings, Targets targets, RetryFactory retry, Scores scores) {
		return new ChainFactory(settings, targets, retry.budget(), new Selections(targets, scores),
				new HedgeFactory(settings));
	}

	@Bean
	TimeoutFactory arcllmTimeout(ModuleSettings settings) {
		return new TimeoutFactory(settings);
	}

	@Bean
	BulkheadFactory arcllmBulkhead(ModuleSettings settings, ObjectProvider<Gauges> gauges) {
		return new BulkheadFactory(settings, gauges.getIfAvailable(() -> Gauges.NONE));
	}

	@Bean
	Decisions arcllmDecisions() {
		return new Decisions(Clock.systemUTC());
	}

	@Bean
	ProviderSwitches arcllmProviderSwitches() {
		return new ProviderSwitches();
	}

	@Bean
	Stacks arcllmStacks(ArcllmProperties properties, Targets targets, ObjectProvider<ModuleFactory> modules,
			ContradictionCheck settings, ListableBeanFactory beans, ProviderSwitches switches) {
		settings.checkOrder(List.of(beans.getBeanNamesForType(LlmModule.class)));
		List<ModuleFactory> ours = modules.stream().toList();
		List<String> order = properties.modules().order();
		Stacks stacks = new Stacks(targets, () -> ModuleOrder.sort(order, ours, beans), settings.modules(), switches);
		stacks.check(ModuleOrder.absent(order, ours));
		return stacks;
	}

	@Bean(PROVIDERS)
	@ConditionalOnMissingBean(LlmProviders.class)
	StackLlmProviders arcllmProviders(ArcllmProperties properties, ProviderDefinitions definitions, Targets targets,
			Stacks stacks, ModuleSettings settings, ObjectProvider<CallListener> listeners,
			ObjectProvider<RequestMetadataResolver> metadata, ListableBeanFactory beans) {
		ChainCheck chains = new ChainCheck(definitions, targets.names());
		String primary = chains.primary(
				(properties.provider() != null) ? properties.provider() : OwnProviders.primary(beans, targets.own()));
		chains.checkAll(settings, primary);
		CallModule.Limits limits = new CallModule.Limits(properties.deadline(), properties.maxAttempts(),
				CallListener.all(listeners.orderedStream().toList()),
				metadata.getIfAvailable(() -> (context) -> RequestMetadata.EMPTY));
		return new StackLlmProviders(targets, stacks, limits, primary);
	}

	@Bean
	@ConditionalOnBean(StackLlmProviders.class)
	StartUp arcllmStartUp(StackLlmProviders providers, Targets targets, ListableBeanFactory beans) {
		return new StartUp(providers, OwnProviders.primary(beans, targets.own()));
	}

	@Bean
	static LazyInitializationExcludeFilter arcllmStartUpIsNotLazy() {
		return LazyInitializationExcludeFilter.forBeanTypes(StartUp.class);
	}

}
