package io.arcllm.autoconfigure;

import io.arcllm.LlmConfigException;
import io.arcllm.autoconfigure.config.ConfigMistake;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Describes a mistake in the configuration with what is wrong and what to change, instead
 * of a stack trace.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class LlmConfigFailureAnalyzer extends AbstractFailureAnalyzer<LlmConfigException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, LlmConfigException cause) {
		if (cause instanceof ConfigMistake mistake) {
			return new FailureAnalysis(mistake.description(), mistake.action(), cause);
		}
		String where = (cause.key() == null) ? "your configuration under 'arcllm'" : "'" + cause.key() + "'";
		return new FailureAnalysis(String.valueOf(cause.getMessage()), "Correct " + where + " and start again.", cause);
	}

}
