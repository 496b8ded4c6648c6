package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Calls while the application ends.
 */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownTests {

	private static final String WHOLE = """
			{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"finish_reason":"stop",
			"message":{"role":"assistant","content":"Hello"}}],"usage":{"prompt_tokens":5,"completion_tokens":2}}""";

	private static final String WORDS = "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]}\n\n"
		.repeat(200);

	@StartStop
	final MockWebServer vendor = PromptServers.create();

	private ApplicationContextRunner runner(String timeout) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.v.type=openai",
					"arcllm.providers.v.base-url=" + this.vendor.url("/v1"),
					"arcllm.providers.v.api-key=a-key-of-the-test", "arcllm.providers.v.model=m",
					"spring.lifecycle.timeout-per-shutdown-phase=" + timeout, "arcllm.modules.retry.enabled=true",
					"arcllm.modules.retry.backoff-base=50s");
	}

	private static LlmException failure(CompletableFuture<?> call) {
		return (LlmException) catchThrowableOfType(ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS))
			.getCause();
	}

	@Test
	void whatIsOnTheWireMayFinishAndNothingBegins() throws Exception {
		CompletableFuture<LlmResponse> call = new CompletableFuture<>();
		CompletableFuture<LlmProvider> closed = new CompletableFuture<>();
		this.vendor.enqueue(new MockResponse.Builder().headersDelay(1200, TimeUnit.MILLISECONDS)
			.addHeader("content-type", "application/json")
			.body(WHOLE)
			.build());
		runner("20s").run((context) -> {
			LlmProvider llm = context.getBean(LlmProvider.class);
			closed.complete(llm);
			llm.invokeAsync(LlmRequest.of("Hi")).subscribe(call::complete, call::completeExceptionally);
			this.vendor.takeRequest(20, TimeUnit.SECONDS);
		});
		assertThat(call).isCompletedWithValueMatching((answer) -> answer.text().equals("Hello"));
		LlmException late = catchThrowableOfType(LlmException.class, () -> closed.get().invoke("Hi"));
		assertThat(late.kind()).isEqualTo(ErrorKind.CANCELLED);
		assertThat(this.vendor.getRequestCount()).isOne();
	}

	@Test
	void restIsInterruptedWithWhatWasDelivered(CapturedOutput output) throws Exception {
		CompletableFuture<LlmEvent> call = new CompletableFuture<>();
		CompletableFuture<LlmEvent> begun = new CompletableFuture<>();
		CopyOnWriteArrayList<LlmEvent> events = new CopyOnWriteArrayList<>();
		this.vendor.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body(WORDS)
			.throttleBody(200, 50, TimeUnit.MILLISECONDS)
			.build());
		runner("300ms").run((context) -> {
			context.getBean(LlmProvider.class)
				.stream(LlmRequest.of("Hi"))
				.doOnNext(begun::complete)
				.subscribe(events::add, call::completeExceptionally);
			begun.get(20, TimeUnit.SECONDS);
		});
		LlmException failure = failure(call);
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.partial().text()).startsWith("word ");
		assertThat(output).contains("1 calls of models were interrupted");
	}

	/** The first target fails after the context has begun to close. */
	@Test
	void noHopBeginsAfterTheClose() throws Exception {
		CompletableFuture<LlmResponse> call = new CompletableFuture<>();
		this.vendor
			.enqueue(new MockResponse.Builder().code(503).body("{}").headersDelay(1200, TimeUnit.MILLISECONDS).build());
		withNext(runner("20s")).run((context) -> {
			context.getBean(LlmProvider.class)
				.invokeAsync(LlmRequest.of("Hi"))
				.subscribe(call::complete, call::completeExceptionally);
			this.vendor.takeRequest(20, TimeUnit.SECONDS);
		});
		assertThat(failure(call).kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(this.vendor.getRequestCount()).isOne();
	}

	@Test
	void noHedgeBeginsAfterTheClose() throws Exception {
		CompletableFuture<LlmEvent> call = new CompletableFuture<>();
		this.vendor
			.enqueue(new MockResponse.Builder().addHeader("content-type", "application/json").body(WHOLE).build());
		this.vendor.enqueue(new MockResponse.Builder().headersDelay(1900, TimeUnit.MILLISECONDS)
			.addHeader("content-type", "text/event-stream")
			.body(WORDS + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")
			.build());
		withNext(runner("20s"))
			.withPropertyValues("arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=1500ms",
					"arcllm.modules.hedge.minimum-delay=0s", "arcllm.modules.hedge.burst=5")
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				assertThat(llm.invoke("The first call makes the connection").text()).isEqualTo("Hello");
				this.vendor.takeRequest();
				llm.stream(LlmRequest.of("Hi")).last().subscribe(call::complete, call::completeExceptionally);
				this.vendor.takeRequest(20, TimeUnit.SECONDS);
			});
		assertThat(call.get(20, TimeUnit.SECONDS).answer()).isNotNull();
		assertThat(this.vendor.getRequestCount()).isEqualTo(2);
	}

	/** A stream that breaks off after the close is not gone on with elsewhere. */
	@Test
	void noRecoveryBeginsAfterTheClose() throws Exception {
		CompletableFuture<LlmEvent> call = new CompletableFuture<>();
		CompletableFuture<LlmEvent> begun = new CompletableFuture<>();
		this.vendor.enqueue(new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body(WORDS)
			.throttleBody(WORDS.length() / 10, 100, TimeUnit.MILLISECONDS)
			.build());
		withNext(runner("20s")).withPropertyValues("arcllm.modules.streams.recovery=replay").run((context) -> {
			context.getBean(LlmProvider.class)
				.stream(LlmRequest.of("Hi"))
				.doOnNext(begun::complete)
				.last()
				.subscribe(call::complete, call::completeExceptionally);
			begun.get(20, TimeUnit.SECONDS);
		});
		LlmException failure = failure(call);
		assertThat(failure.kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(failure.partial().text()).startsWith("word ");
		assertThat(this.vendor.getRequestCount()).isOne();
	}

	private ApplicationContextRunner withNext(ApplicationContextRunner runner) {
		return runner.withPropertyValues("arcllm.provider=v", "arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=w", "arcllm.providers.w.type=openai",
				"arcllm.providers.w.base-url=" + this.vendor.url("/v1"), "arcllm.providers.w.model=m",
				"arcllm.modules.retry.enabled=false");
	}

	@Test
	void waitForARetryEndsAtOnceWithTheVendorsError() throws Exception {
		CompletableFuture<LlmResponse> call = new CompletableFuture<>();
		this.vendor.enqueue(new MockResponse.Builder().code(503).body("{}").build());
		long begun = System.nanoTime();
		runner("30s").run((context) -> {
			context.getBean(LlmProvider.class)
				.invokeAsync(LlmRequest.of("Hi"))
				.subscribe(call::complete, call::completeExceptionally);
			this.vendor.takeRequest(20, TimeUnit.SECONDS);
		});
		assertThat(failure(call).kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(29));
		assertThat(this.vendor.getRequestCount()).isOne();
	}

}
