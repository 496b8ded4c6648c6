package io.arcllm.examples.springai;

import org.springframework.boot.test.context.SpringBootTest;

/**
 * Our stack as their model, over two vendors of ours.
 */
@SpringBootTest(properties = { "arcllm.profile=resilient", "arcllm.modules.hedge.enabled=false",
		"arcllm.modules.retry.jitter=false", "arcllm.spring-ai.wrap=false", "arcllm.spring-ai.primary=true",
		"arcllm.provider=anthropic", "arcllm.providers.mistral.model=mistral-large" })
class OurModelTests extends SixteenFailuresTests {

}
