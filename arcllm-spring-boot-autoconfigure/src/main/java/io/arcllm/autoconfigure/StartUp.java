package io.arcllm.autoconfigure;

import io.arcllm.autoconfigure.config.ArcllmProperties.WarmUp;
import io.arcllm.autoconfigure.stack.Linter;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Builds the primary stack at start-up, so that mistakes show then, logs it once, and has
 * the configuration checked for what does nothing.
 *
 * @param providers make it
 * @param injected the application's own bean that is injected as it is, if there is one
 * @param linter warns
 * @param warmUp what is made
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
