package io.arcllm.examples.springai;

import org.junit.jupiter.api.AutoClose;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.test.chat.client.advisor.AbstractToolCallingAdvisorAutoRegistrationIT;

/**
 * Spring AI's own public tests of a chat model's tools, with our model in front of a
 * vendor that is broken.
 */
class ToolRegistrationContractTests extends AbstractToolCallingAdvisorAutoRegistrationIT {

	@AutoClose
	private static final BrokenVendor broken = new BrokenVendor();

	@Override
	protected ChatModel getChatModel() {
		return broken.model();
	}

}
