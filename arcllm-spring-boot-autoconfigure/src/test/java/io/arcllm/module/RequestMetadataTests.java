package io.arcllm.module;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.arcllm.CacheMode;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Priority;
import io.arcllm.RequestMetadata;
import io.arcllm.RequestMetadataResolver;
import io.arcllm.WholeAndStreamed;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who a call is for reaches the modules, from wherever it was said.
 */
class RequestMetadataTests {

	private final Script script = new Script("test", Script.says("hello"));

	private LlmProvider llm(RequestMetadataResolver resolver, Consumer<CallOptions.Builder> options) {
		CallOptions.Builder builder = CallOptions.builder();
		options.accept(builder);
		return new CallModule(
				new CallModule.Limits(Duration.ofMinutes(1), 10, CallListener.NONE, resolver, new Shutdown()),
				builder.build(), (any) -> this.script.guarded());
	}

	private static LlmRequest request(RequestMetadata metadata, boolean streamed) {
		return LlmRequest.builder().messages(Message.user("hi")).metadata(metadata).streaming(streamed).build();
	}

	@WholeAndStreamed
	void resolverFillsOnlyWhatRequestAndOptionsLeaveUnset(boolean streamed) {
		LlmProvider llm = llm(
				(context) -> new RequestMetadata("resolved", "resolved", Map.of("a", "1", "b", "1", "c", "1")),
				(options) -> options.metadata(new RequestMetadata("loaded", "loaded", Map.of("a", "2", "b", "2"))));
		Outcome.of(llm.exchange(request(new RequestMetadata(null, "asked", Map.of("a", "3")), streamed)));
		assertThat(this.script.lastRequest().metadata())
			.isEqualTo(new RequestMetadata("loaded", "asked", Map.of("a", "3", "b", "2", "c", "1")));
	}

	@WholeAndStreamed
	void resolverIsAskedOnceACallWithTheContextOnTheThreadThatSubscribes(boolean streamed) {
		List<String> asked = new ArrayList<>();
		LlmProvider llm = llm((context) -> {
			asked.add(Thread.currentThread().getName());
			return RequestMetadata.ofTenant(context.get("tenant"));
		}, (options) -> {
		});
		Outcome.of(llm.exchange(request(RequestMetadata.EMPTY, streamed))
			.contextWrite((context) -> context.put("tenant", "acme")));
		assertThat(this.script.lastRequest().metadata().tenant()).isEqualTo("acme");
		assertThat(asked).containsExactly(Thread.currentThread().getName());
	}

	@WholeAndStreamed
	void callInsideACallIsForTheSameAndAsksNoResolver(boolean streamed) {
		AtomicInteger asked = new AtomicInteger();
		LlmProvider inside = llm((context) -> {
			asked.incrementAndGet();
			return RequestMetadata.ofTenant("acme");
		}, (options) -> {
		});
		LlmProvider outside = new CallModule(new CallModule.Limits(Duration.ofMinutes(1), 10), CallOptions.NONE,
				(any) -> (request) -> inside.exchange(request.mutate().metadata(RequestMetadata.EMPTY).build()));
		Outcome.of(outside.exchange(request(new RequestMetadata("outer", "s", Map.of()), streamed)));
		assertThat(this.script.lastRequest().metadata()).isEqualTo(new RequestMetadata("outer", "s", Map.of()));
		assertThat(asked).hasValue(0);
	}

	@WholeAndStreamed
	void resolverThatFailsFailsTheCallBeforeAnythingIsSent(boolean streamed) {
		LlmProvider llm = llm((context) -> {
			throw new IllegalStateException("no session");
		}, (options) -> {
		});
		LlmException failure = Outcome.of(llm.exchange(request(RequestMetadata.EMPTY, streamed))).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		assertThat(failure).hasRootCauseInstanceOf(IllegalStateException.class);
		assertThat(this.script.asked()).isZero();
	}

	@Test
	void modulesSeeTheOptionsThatAProviderWasLoadedWith() {
		llm((context) -> RequestMetadata.EMPTY, (options) -> options.cache(CacheMode.OFF).priority(Priority.LOW))
			.invoke(LlmRequest.builder()
				.messages(Message.user("hi"))
				.callOptions((options) -> options.priority(Priority.HIGH))
				.build());
		assertThat(this.script.lastRequest().callOptions().cache()).isEqualTo(CacheMode.OFF);
		assertThat(this.script.lastRequest().callOptions().priority()).isEqualTo(Priority.HIGH);
	}

	@Test
	void whoACallIsForChangesNoStack() {
		assertThat(CallOptions.builder()
			.metadata(RequestMetadata.ofTenant("acme"))
			.cache(CacheMode.ONLY)
			.priority(Priority.LOW)
			.build()
			.ofStack()).isEqualTo(CallOptions.NONE);
	}

}
