package io.arcllm.sample;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import reactor.core.publisher.Mono;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Everything that an application has to write: inject a provider and ask it.
 */
@RestController
class AskController {

	private final LlmProvider llm;

	private final AskAnswers answers;

	AskController(LlmProvider llm, AskAnswers answers) {
		this.llm = llm;
		this.answers = answers;
	}

	@GetMapping("/ask")
	Mono<AskAnswer> ask(@RequestParam("q") AskQuestion question) {
		return this.llm.invokeAsync(LlmRequest.of(question.text())).map(this.answers::of);
	}

}
