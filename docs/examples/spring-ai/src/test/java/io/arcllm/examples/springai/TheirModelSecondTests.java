package io.arcllm.examples.springai;

import org.springframework.boot.test.context.SpringBootTest;

/**
 * A vendor of ours in front, and Spring AI's own OpenAI model, over HTTP, behind it.
 */
@SpringBootTest(properties = { "arcllm.profile=resilient", "arcllm.modules.hedge.enabled=false",
		"arcllm.modules.retry.jitter=false", "arcllm.provider=anthropic" })
class TheirModelSecondTests extends SixteenFailuresTests {

}
