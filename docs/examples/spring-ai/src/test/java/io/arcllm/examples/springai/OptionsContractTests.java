package io.arcllm.examples.springai;

import io.arcllm.bridge.springai.ArcllmChatOptions;
import org.springframework.ai.test.options.AbstractChatOptionsTests;

/**
 * Spring AI's own public tests of a chat model's options, with ours.
 */
class OptionsContractTests extends AbstractChatOptionsTests<ArcllmChatOptions, ArcllmChatOptions.Builder> {

	@Override
	protected Class<ArcllmChatOptions> getConcreteOptionsClass() {
		return ArcllmChatOptions.class;
	}

	@Override
	protected ArcllmChatOptions.Builder readyToBuildBuilder() {
		return ArcllmChatOptions.builder().model("m").maxTokens(7);
	}

}
