package io.arcllm.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers with a problem if a web application does not handle an LlmException itself.
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnClass(RestControllerAdvice.class)
public final class ArcllmProblemAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	LlmProblemAdvice arcllmProblems() {
		return new LlmProblemAdvice();
	}

}
