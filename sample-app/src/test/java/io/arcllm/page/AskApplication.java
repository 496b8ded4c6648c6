package io.arcllm.page;

import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.arcllm.Content;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.LlmTool;
import io.arcllm.Message;
import io.arcllm.ToolLoop;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
public class AskApplication {

	public static void main(String[] args) {
		SpringApplication.run(AskApplication.class, args);
	}

	@RestController
	static class Questions {

		private final LlmProvider llm;

		private final ToolLoop tools;

		Questions(LlmProvider llm, Weather weather) {
			this.llm = llm;
			this.tools = ToolLoop.of(llm).tools(weather).maxRounds(5);
		}

		@GetMapping("/answer")
		Mono<String> answer(@RequestParam String q) {
			return this.llm.invokeAsync(LlmRequest.of(q)).map(LlmResponse::text);
		}

		@GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<ServerSentEvent<Object>> stream(@RequestParam String q) {
			return this.llm.stream(LlmRequest.of(q))
				.map((event) -> event(event.type(), event))
				.onErrorResume(LlmException.class, (failure) -> Mono.just(event("failure", failure.details())));
		}

		private static ServerSentEvent<Object> event(String name, Object data) {
			return ServerSentEvent.builder(data).event(name).build();
		}

		@PostMapping(path = "/picture", consumes = MediaType.IMAGE_PNG_VALUE)
		Mono<String> picture(@RequestBody byte[] png) {
			LlmRequest request = LlmRequest.builder()
				.messages(Message.system("Answer in one sentence."),
						Message.user(new Content.Text("What is in this picture?"), Content.Image.of("image/png", png)))
				.maxTokens(200)
				.callOptions((options) -> options.deadline(Duration.ofSeconds(30)).chain("openai"))
				.build();
			return this.llm.invokeAsync(request).map(LlmResponse::text);
		}

		@GetMapping("/trip")
		Mono<Trip> trip(@RequestParam String q) {
			return this.llm.invokeAsync(LlmRequest.of(q), Trip.class);
		}

		@GetMapping("/weather")
		Mono<String> weather(@RequestParam String q) {
			// the loop waits, and so do tools
			return Mono.fromCallable(() -> this.tools.run(q).text()).subscribeOn(Schedulers.boundedElastic());
		}

	}

	record Trip(@JsonPropertyDescription("Where it goes") String city, int days, List<String> sights,
			@Nullable String warning) {
	}

	@Component
	static class Weather {

		@LlmTool("The weather in a city")
		String weather(@JsonPropertyDescription("Which city") String city) {
			return "dry and 21 degrees in " + city;
		}

	}

}
