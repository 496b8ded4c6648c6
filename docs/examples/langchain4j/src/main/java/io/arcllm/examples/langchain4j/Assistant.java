package io.arcllm.examples.langchain4j;

import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.TokenStream;

/**
 * Answers questions, and knows nothing of vendors that fail.
 */
interface Assistant {

	@SystemMessage("Answer in one sentence.")
	String ask(String question);

	@SystemMessage("Answer in one sentence.")
	TokenStream stream(String question);

}
