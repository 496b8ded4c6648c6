package io.arcllm.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Builds the primary stack at start-up, so that mistakes show then, and logs it once.
 */
record StartUp(StackLlmProviders providers) implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(StartUp.class);

	@Override
	public void afterSingletonsInstantiated() {
		if (this.providers.hasPrimary()) {
			logger.info("Calls go through " + this.providers.primary());
		}
	}

}
