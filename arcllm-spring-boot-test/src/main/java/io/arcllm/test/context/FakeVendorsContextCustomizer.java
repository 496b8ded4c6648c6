package io.arcllm.test.context;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Starts a fake vendor for each configured provider, and movable time, before anything is
 * bound and after all has been configured, by initializers, too. One is as good as
 * another, so contexts can be shared between test classes.
 */
record FakeVendorsContextCustomizer() implements ContextCustomizer {

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		context.addBeanFactoryPostProcessor(new FakeVendorsStarter(context));
	}

}
