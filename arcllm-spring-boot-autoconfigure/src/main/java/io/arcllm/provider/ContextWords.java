package io.arcllm.provider;

/**
 * The words in which vendors say that a request is longer than the model takes.
 */
final class ContextWords {

	static final String ALL = String.join("|",
			// Anthropic, Fireworks, Ollama
			"prompt (?:is )?too long", "exceeds? context limit",
			// OpenAI and who speaks like it
			"max(?:imum)? (?:model )?(?:context|prompt) (?:length|window|size)",
			"exceeds? (?:the |this )?(?:model'?s |available |maximum )*context (?:window|length|size)",
			"context (?:window|length|size) (?:has been |was )?exceed", "input tokens exceed",
			"reduce the length of the (?:messages|input|prompt)",
			// a request larger than the limit of a minute never passes
			"request too large for .*(?:tokens per min|reduce)", "tokens_limit_reached",
			"request body too large for .* model. max size: \\d+ tokens",
			// Gemini, Vertex
			"maximum number of (?:input )?tokens", "token count is \\d+ but (?:the )?model only supports",
			"token count .{0,40}exceeds the (?:limit|maximum)",
			// Bedrock
			"input is too long", "too many input tokens", "number of input tokens exceeds",
			// Cohere
			"too many tokens: ",
			// Mistral, Hugging Face, TGI, Together
			"exceeds (?:the )?max(?:imum)? (?:allowed )?(?:input|sequence|model) length", "tokens \\+ \\S+ must be <=",
			"must have less than \\d+ tokens",
			// vLLM, SGLang, llama.cpp, LM Studio
			"(?:longer|greater|larger) than the (?:model'?s |maximum )?(?:context|model) (?:length|size|window)",
			"context (?:length|size) (?:is|of) (?:only )?\\d+", "input is too large to process",
			// Kimi, DashScope, Snowflake, Perplexity
			"exceeded model token limit", "range of input length should be", "max tokens of \\d+ exceeded",
			"length of all messages is too long", "more than max tokens allowed");

	private ContextWords() {
	}

}
