package io.arcllm.examples.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.service.AiServices;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * Asks what its arguments say, and prints the answer.
 */
@SpringBootApplication
class AssistantApplication {

	@Bean
	Assistant assistant(ChatModel model, StreamingChatModel streamingModel) {
		return AiServices.builder(Assistant.class).chatModel(model).streamingChatModel(streamingModel).build();
	}

	public static void main(String[] args) {
		Assistant assistant = SpringApplication.run(AssistantApplication.class, args).getBean(Assistant.class);
		System.out.println(assistant.ask(String.join(" ", args)));
	}

}
