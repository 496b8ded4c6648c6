package io.arcllm.examples.springai;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Asks what its arguments say, and prints the answer.
 */
@SpringBootApplication
class AssistantApplication {

	public static void main(String[] args) {
		Assistant assistant = SpringApplication.run(AssistantApplication.class, args).getBean(Assistant.class);
		System.out.println(assistant.ask(String.join(" ", args)));
	}

}
