package io.arcllm.examples.springai;

import org.springframework.boot.test.context.SpringBootTest;

/**
 * Spring AI's own OpenAI model in front, over HTTP, and a vendor of ours behind it.
 */
@SpringBootTest(properties = { "arcllm.profile=resilient", "arcllm.modules.hedge.enabled=false",
		"arcllm.modules.retry.jitter=false" })
class TheirModelFirstTests extends SixteenFailuresTests {

}
