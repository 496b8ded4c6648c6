package io.arcllm.examples.springai;

import org.springframework.ai.chat.client.ChatClient;
import reactor.core.publisher.Flux;

import org.springframework.stereotype.Service;

/**
 * Answers questions with Spring AI, and knows nothing of vendors that fail.
 */
@Service
class Assistant {

	private final ChatClient chat;

	Assistant(ChatClient.Builder chat) {
		this.chat = chat.defaultSystem("Answer in one sentence.").build();
	}

	String ask(String question) {
		return this.chat.prompt(question).call().content();
	}

	Flux<String> stream(String question) {
		return this.chat.prompt(question).stream().content();
	}

}
