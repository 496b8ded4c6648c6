package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.LlmModule;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ContradictionCheck;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.PropertiesBinding;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.provider.Presets;
import io.arcllm.provider.key.ApiKeySupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * Binds and checks what is configured under {@code arcllm}.
 */
@AutoConfiguration
public final class ArcllmPropertiesAutoConfiguration {

	private static final Log logger = LogFactory.getLog(ArcllmPropertiesAutoConfiguration.class);

	@Bean
	LayeredBinder arcllmBinder(Environment environment, ListableBeanFactory beans) {
		return new LayeredBinder(environment, List.of(beans.getBeanNamesForType(LlmModule.class, true, false)));
	}

	@Bean
	@ConditionalOnMissingBean
	ArcllmProperties arcllmProperties(LayeredBinder arcllmBinder) {
		return arcllmBinder.located(() -> PropertiesBinding.bind(arcllmBinder));
	}

	@Bean
	ModuleSettings arcllmModuleSettings(LayeredBinder arcllmBinder, ArcllmProperties properties) {
		return new ModuleSettings(arcllmBinder, properties);
	}

	@Bean
	ContradictionCheck arcllmSettingsCheck(LayeredBinder arcllmBinder, ModuleSettings arcllmModuleSettings,
			ArcllmProperties properties) {
		ContradictionCheck check = new ContradictionCheck(arcllmBinder, arcllmModuleSettings, properties);
		arcllmBinder.locating(check::check);
		return check;
	}

	@Bean
	@ConditionalOnMissingBean
	Presets arcllmPresets(ResourceLoader resourceLoader) {
		return Presets.load(resourceLoader.getClassLoader());
	}

	@Bean
	ProviderDefinitions arcllmProviderDefinitions(LayeredBinder arcllmBinder, ArcllmProperties properties,
			Presets presets, Environment environment, ListableBeanFactory beans) {
		ProviderDefinitions definitions = arcllmBinder
			.located(() -> new ProviderDefinitions(properties.providers(), presets, environment));
		boolean keysAreBrought = beans.getBeanNamesForType(ApiKeySupplier.class, true, false).length > 0;
		definitions.all().forEach((definition) -> warn(definition, keysAreBrought, definitions.warning(definition)));
		return definitions;
	}

	@Bean
	static LazyInitializationExcludeFilter arcllmChecksAreNotLazy() {
		return LazyInitializationExcludeFilter.forBeanTypes(ContradictionCheck.class, ProviderDefinitions.class);
	}

	private static void warn(ProviderDefinition definition, boolean keysAreBrought, @Nullable String warning) {
		if (warning != null) {
			logger.warn(warning);
		}
		if (definition.missingKey() && !keysAreBrought) {
			logger.warn("The provider '" + definition.name() + "' has no key and is skipped in chains: "
					+ definition.keyMend());
		}
		if (definition.model() == null && definition.beans() == null) {
			logger.warn("The provider '" + definition.name() + "' has no model: set arcllm.providers."
					+ definition.name() + ".model, or name a model in each request");
		}
	}

}
