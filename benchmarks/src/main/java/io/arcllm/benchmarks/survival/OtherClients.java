package io.arcllm.benchmarks.survival;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.github.resilience4j.reactor.retry.RetryOperator;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The clients that the report compares, as their documentation shows them.
 */
final class OtherClients {

	private static final String MODEL = "gpt-5-mini";

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/** Of an attempt, where a client wants one said. */
	private static final Duration LIMIT = Duration.ofSeconds(15);

	private OtherClients() {
	}

	/** Spring AI's model with its defaults, retries included. */
	static OtherClient springAi(String url) {
		OpenAiChatOptions.Builder options = OpenAiChatOptions.builder();
		options.baseUrl(url + "/v1").apiKey("key").model(MODEL);
		org.springframework.ai.openai.OpenAiChatModel model = org.springframework.ai.openai.OpenAiChatModel.builder()
			.options(options.build())
			.build();
		return new OtherClient("Spring AI", (prompt) -> text(model.call(new Prompt(prompt))),
				(prompt) -> model.stream(new Prompt(prompt)).map(OtherClients::text));
	}

	private static String text(org.springframework.ai.chat.model.ChatResponse response) {
		return response.getResults().isEmpty() ? ""
				: Objects.requireNonNullElse(response.getResults().get(0).getOutput().getText(), "");
	}

	/** LangChain4j's models with their defaults. */
	static OtherClient langChain4j(String url) {
		OpenAiChatModel whole = OpenAiChatModel.builder().baseUrl(url + "/v1").apiKey("key").modelName(MODEL).build();
		OpenAiStreamingChatModel stream = OpenAiStreamingChatModel.builder()
			.baseUrl(url + "/v1")
			.apiKey("key")
			.modelName(MODEL)
			.build();
		return new OtherClient("LangChain4j", whole::chat,
				(prompt) -> Flux.create((sink) -> stream.chat(prompt, new Words(sink))));
	}

	/** The usual wiring by hand: a limit, a breaker, retries, and a second vendor. */
	static OtherClient resilience4j(String primary, String second) {
		CircuitBreaker breaker = CircuitBreaker.ofDefaults("primary");
		Retry retry = Retry.of("primary",
				RetryConfig.custom()
					.maxAttempts(3)
					.intervalFunction(IntervalFunction.ofExponentialRandomBackoff(500, 2))
					.build());
		return new OtherClient("Resilience4j by hand",
				(prompt) -> Objects.requireNonNull(guarded(ask(primary, prompt, false), breaker, retry)
					.onErrorResume((failure) -> ask(second, prompt, false).timeout(LIMIT))
					.blockLast()),
				(prompt) -> guarded(ask(primary, prompt, true), breaker, retry)
					.onErrorResume((failure) -> ask(second, prompt, true).timeout(LIMIT)));
	}

	private static Flux<String> guarded(Flux<String> answer, CircuitBreaker breaker, Retry retry) {
		return answer.timeout(LIMIT)
			.transformDeferred(CircuitBreakerOperator.of(breaker))
			.transformDeferred(RetryOperator.of(retry));
	}

	private static Flux<String> ask(String url, String prompt, boolean streamed) {
		Map<String, Object> body = Map.of("model", MODEL, "stream", streamed, "messages",
				List.of(Map.of("role", "user", "content", prompt)));
		WebClient.ResponseSpec answer = WebClient.create(url)
			.post()
			.uri("/v1/chat/completions")
			.header("Authorization", "Bearer key")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(body)
			.retrieve();
		String words = streamed ? "/choices/0/delta/content" : "/choices/0/message/content";
		return (streamed ? answer.bodyToFlux(String.class).takeWhile((data) -> !data.equals("[DONE]"))
				: answer.bodyToMono(String.class).flux())
			.map((data) -> JSON.readTree(data).at(words))
			.filter(JsonNode::isString)
			.map(JsonNode::asString);
	}

	private record Words(FluxSink<String> sink) implements StreamingChatResponseHandler {

		@Override
		public void onPartialResponse(String text) {
			this.sink.next(text);
		}

		@Override
		public void onCompleteResponse(ChatResponse response) {
			this.sink.complete();
		}

		@Override
		public void onError(Throwable failure) {
			this.sink.error(failure);
		}

	}

}
