package io.arcllm.test.context;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Starts a fake vendor for each configured provider, and movable time, after everything
 * has been configured, including by initializers, and before anything is bound. All
 * instances are equal, so contexts can be shared between test classes.
 */
record FakeVendorsContextCustomizer() implements ContextCustomizer {

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		context.addBeanFactoryPostProcessor(new FakeVendorsStarter(context));
	}

}
