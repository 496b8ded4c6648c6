package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import io.arcllm.StopReason;
import io.arcllm.WholeAndStreamed;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole answers that are asked for as streams, over the wire.
 */
class UpstreamStreamsTests {

	private static final String OPENAI = """
			data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"Hel"}}]}

			data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}

			data: {"id":"c1","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

			data: [DONE]

			""";

	private static final String ANTHROPIC = """
			event: message_start
			data: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}

			event: content_block_start
			data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

			event: content_block_delta
			data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

			event: content_block_stop
			data: {"type":"content_block_stop","index":0}

			event: message_delta
			data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}

			event: message_stop
			data: {"type":"message_stop"}

			""";

	private static final String OLLAMA = """
			{"model":"m","message":{"role":"assistant","content":"Hello"},"done":false}
			{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}
			""";

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	private ApplicationContextRunner runner(String type) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.v.type=" + type,
					"arcllm.providers.v.base-url=" + this.vendor.url(type.equals("openai") ? "/v1" : "/"),
					"arcllm.providers.v.api-key=a-key-of-the-test", "arcllm.providers.v.model=m", "arcllm.provider=v",
					"arcllm.modules.streams.upstream=always");
	}

	private void enqueue(String type) {
		this.vendor.enqueue(new MockResponse.Builder()
			.addHeader("content-type", type.equals("ollama") ? "application/x-ndjson" : "text/event-stream")
			.body(type.equals("openai") ? OPENAI : type.equals("ollama") ? OLLAMA : ANTHROPIC)
			.build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "openai", "anthropic", "ollama" })
	void wholeAnswerIsPutTogetherOfAStream(String type) {
		enqueue(type);
		runner(type).run((context) -> {
			LlmResponse answer = context.getBean(LlmProvider.class).invoke("Hi");
			RecordedRequest request = this.vendor.takeRequest(5, TimeUnit.SECONDS);
			assertThat(request.getBody().utf8()).contains("\"stream\":true");
			assertThat(answer.text()).isEqualTo("Hello");
			assertThat(answer.usage().inputTokens()).isEqualTo(3);
			assertThat(answer.usage().outputTokens()).isEqualTo(2);
			assertThat(answer.stopReason().type()).isEqualTo(StopReason.Type.END_TURN);
			assertThat(answer.raw()).isNotNull();
			assertThat(answer.raw().text().lines()).hasSizeGreaterThan(1).first().asString().startsWith("{");
			assertThat(answer.trail().attempts()).hasSize(1);
		});
	}

	@Test
	void framesOfALongAnswerAreAllOfThemTheRawBody() {
		List<String> frames = new ArrayList<>();
		for (int i = 0; i < 300; i++) {
			frames.add("{\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" wörd"
					+ "x".repeat(i % 70) + "\"}}]}");
		}
		frames
			.add("{\"id\":\"c1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
		frames.add("[DONE]");
		this.vendor.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body(frames.stream().map((frame) -> "data: " + frame + "\n\n").collect(Collectors.joining()))
			.build());
		runner("openai")
			.run((context) -> assertThat(context.getBean(LlmProvider.class).invoke("Hi").rawBody().lines().toList())
				.isEqualTo(frames));
	}

	@ParameterizedTest
	@ValueSource(strings = { "openai", "anthropic", "ollama" })
	void framesAreTheRawBodyAlsoInsideABudget(String type) {
		enqueue(type);
		runner(type).withConfiguration(AutoConfigurations.of(ArcllmBudgetAutoConfiguration.class))
			.withPropertyValues("arcllm.modules.budget.enabled=true", "arcllm.modules.budget.unknown-price=allow",
					"arcllm.modules.budget.limits[0].scope=global", "arcllm.modules.budget.limits[0].amount=1")
			.run((context) -> assertThat(context.getBean(LlmProvider.class).invoke("Hi").raw()).isNotNull());
	}

	@Test
	void ownProviderIsAskedAsTheCallerAsks() {
		runner("openai")
			.withBean("house", LlmProvider.class,
					() -> (request) -> LlmProvider
						.of("house", (asked) -> LlmResponse.of(String.valueOf(asked.streaming())))
						.exchange(request))
			.run((context) -> {
				LlmProvider house = context.getBean("arcllmProviders", LlmProviders.class).load("house");
				assertThat(house.invoke(LlmRequest.of("Hi")).text()).isEqualTo("false");
			});
	}

	/** A slow vendor with another beside it, that would be asked after 10 ms. */
	private ApplicationContextRunner hedged(Vendors vendors) {
		return vendors.runner()
			.withPropertyValues("arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=10ms",
					"arcllm.modules.hedge.burst=1", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=second", "arcllm.modules.streams.upstream=always");
	}

	@Test
	void slowFirstWordOfAWholeAnswerIsHedged() {
		try (Vendors vendors = new Vendors()) {
			vendors.first.enqueue(Vendors.fails("silence"));
			vendors.second.enqueue(Vendors.says("second", true));
			hedged(vendors).run((context) -> assertThat(context.getBean(LlmProvider.class).invoke("Hi").text())
				.isEqualTo("second"));
		}
	}

	@WholeAndStreamed
	void answerOfAModelThatDoesNotStreamHasNoFirstWordToHedge(boolean streaming) {
		try (Vendors vendors = new Vendors()) {
			vendors.first
				.enqueue(Vendors.says("first", false).newBuilder().headersDelay(200, TimeUnit.MILLISECONDS).build());
			hedged(vendors)
				.withPropertyValues("arcllm.providers.first.models[0].name=m0",
						"arcllm.providers.first.models[0].unsupported=streaming")
				.run((context) -> {
					assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text()).isEqualTo("first");
					assertThat(vendors.second.getRequestCount()).isZero();
				});
		}
	}

	@Test
	void wholeAnswerOfAnOwnProviderHasNoFirstWordToHedge() {
		try (Vendors vendors = new Vendors()) {
			LlmProvider slow = (request) -> LlmProvider.of("house", (asked) -> LlmResponse.of("house"))
				.exchange(request)
				.delaySubscription(Duration.ofMillis(200));
			hedged(vendors).withBean("house", LlmProvider.class, () -> slow)
				.withPropertyValues("arcllm.provider=house")
				.run((context) -> {
					assertThat(context.getBean("arcllmProviders", LlmProviders.class).load("house").invoke("Hi").text())
						.isEqualTo("house");
					assertThat(vendors.second.getRequestCount()).isZero();
				});
		}
	}

}
