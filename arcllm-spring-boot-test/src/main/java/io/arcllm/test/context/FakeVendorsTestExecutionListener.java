package io.arcllm.test.context;

import io.arcllm.test.ArcllmTest;
import io.arcllm.test.ArcllmTime;
import io.arcllm.test.FakeVendors;

import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;

/**
 * Before each test with {@link ArcllmTest}, makes all fake vendors healthy and moves
 * time, so that breakers and limits recover.
 */
class FakeVendorsTestExecutionListener implements TestExecutionListener {

	@Override
	public void beforeTestMethod(TestContext test) {
		if (TestContextAnnotationUtils.hasAnnotation(test.getTestClass(), ArcllmTest.class)) {
			test.getApplicationContext().getBean(FakeVendors.class).reset();
			test.getApplicationContext().getBean(ArcllmTime.class).reset();
		}
	}

}
