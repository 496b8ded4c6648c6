package io.arcllm.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Binds and checks what is configured under {@code arcllm}.
 */
@AutoConfiguration
public final class ArcllmPropertiesAutoConfiguration {

	@Bean
	LayeredBinder arcllmBinder(Environment environment) {
		return new LayeredBinder(environment);
	}

	@Bean
	@ConditionalOnMissingBean
	ArcllmProperties arcllmProperties(LayeredBinder arcllmBinder) {
		return PropertiesBinding.bind(arcllmBinder);
	}

	@Bean
	ModuleSettings arcllmModuleSettings(LayeredBinder arcllmBinder) {
		return new ModuleSettings(arcllmBinder);
	}

}
