package io.arcllm.page;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmResponse;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class QuestionController {

	private final LlmProvider llm;

	QuestionController(LlmProvider llm) {
		this.llm = llm;
	}

	@GetMapping("/question")
	Answer question(@RequestParam String q) {
		try {
			LlmResponse answer = this.llm.invoke(q);
			return new Answer(answer.text(), answer.provider());
		}
		catch (LlmException ex) {
			if (ex.kind() == ErrorKind.CONTENT_POLICY) {
				return new Answer("I would rather not answer that.", ex.provider());
			}
			throw ex;
		}
	}

	record Answer(String text, String provider) {
	}

}
