package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.LlmModule;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ContradictionCheck;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.PropertiesBinding;
import io.arcllm.autoconfigure.config.ProviderDefinitions;
import io.arcllm.provider.Presets;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * Binds and checks the configuration under {@code arcllm}.
 */
@AutoConfiguration
public final class ArcllmPropertiesAutoConfiguration {

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
			Presets presets, Environment environment) {
		return arcllmBinder.located(() -> new ProviderDefinitions(properties.providers(), presets, environment));
	}

	@Bean
	static LazyInitializationExcludeFilter arcllmChecksAreNotLazy() {
		return LazyInitializationExcludeFilter.forBeanTypes(ContradictionCheck.class, ProviderDefinitions.class);
	}

}
