package io.arcllm.provider.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.autoconfigure.Vendors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A document of megabytes is read beside the event loop, whose other calls would wait for
 * it; a short one is read there.
 */
class LongAnswersTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	@AutoClose
	private final Vendors vendors = new Vendors();

	@ParameterizedTest
	@CsvSource({ "openai,false", "openai,true", "anthropic,false", "anthropic,true", "ollama,false" })
	void areReadBesideTheEventLoop(String format, boolean streaming) {
		for (int length : new int[] { 10, 1_000_000 }) {
			this.vendors.first.enqueue(Vendors.json(200, body(format, "x".repeat(length))).build());
			List<String> threads = new CopyOnWriteArrayList<>();
			run(format, (llm) -> {
				LlmEvent last = llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).doOnNext((event) -> {
					assertThat(Schedulers.isInNonBlockingThread()).isTrue();
					threads.add(Thread.currentThread().getName());
				}).blockLast(LIMIT);
				assertThat(((LlmEvent.Completed) last).response().text()).hasSize(length);
			});
			assertThat(threads).isNotEmpty()
				.allMatch((thread) -> thread.startsWith((length > 10) ? "arcllm-long-answer" : "reactor-http"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "openai,false", "openai,true", "anthropic,false", "anthropic,true", "ollama,false" })
	void failTypedToo(String format, boolean streaming) {
		this.vendors.first.enqueue(Vendors.json(200, "{\"a\":[" + "{},".repeat(200_000)).build());
		run(format,
				(llm) -> assertThat(catchThrowableOfType(LlmException.class,
						() -> llm.exchange(LlmRequest.of("Hi").withStreaming(streaming)).blockLast(LIMIT))
					.kind()).isEqualTo(ErrorKind.PROTOCOL));
	}

	private void run(String format, java.util.function.Consumer<LlmProvider> test) {
		String base = this.vendors.first.url(format.equals("openai") ? "/v1" : "").toString();
		this.vendors.runner()
			.withPropertyValues("arcllm.providers.long.type=" + format, "arcllm.providers.long.base-url=" + base,
					"arcllm.providers.long.api-key=k", "arcllm.providers.long.model=m")
			.run((context) -> test.accept(context.getBean(LlmProviders.class).load("long")));
	}

	private static String body(String format, String text) {
		return switch (format) {
			case "openai" ->
				"{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"content\":\"" + text + "\"}}]}";
			case "anthropic" ->
				"{\"type\":\"message\",\"role\":\"assistant\",\"stop_reason\":\"end_turn\",\"content\":[{\"type\":\"text\",\"text\":\""
						+ text + "\"}]}";
			default -> "{\"done\":true,\"done_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\""
					+ text + "\"}}";
		};
	}

}
