package io.arcllm.sample.console;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.sample.AskAnswer;
import io.arcllm.sample.AskAnswers;
import io.arcllm.sample.AttemptWatch;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.http.codec.ServerSentEvent;

/**
 * One call as events for the page: its attempts and words as they come, then the answer
 * or the failure with the trail.
 */
final class WatchedCall implements AttemptWatch {

	private final Sinks.Many<ServerSentEvent<Object>> attempts = Sinks.many().unicast().onBackpressureBuffer();

	private final long start = System.nanoTime();

	private final AskAnswers answers;

	WatchedCall(AskAnswers answers) {
		this.answers = answers;
	}

	/**
	 * Words of the answer.
	 */
	record Words(String text) {
	}

	/**
	 * An attempt that has begun or failed, in milliseconds from the start of the call.
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record AttemptNews(String target, double atMs, @Nullable ErrorKind error, @Nullable Integer status) {
	}

	/**
	 * The call failed.
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Failure(ErrorKind kind, String message, @Nullable Long retryAfterMs, List<AskAnswer.Step> trail) {
	}

	/** Events of one call; to be subscribed once. Cancelling it cancels the call. */
	Flux<ServerSentEvent<Object>> ask(LlmProvider provider, String question) {
		Flux<ServerSentEvent<Object>> words = provider.stream(LlmRequest.of(question))
			.mapNotNull(this::shown)
			.onErrorResume(LlmException.class, (failure) -> Mono.just(failed(failure)))
			.doOnTerminate(this.attempts::tryEmitComplete)
			.contextWrite((context) -> context.put(AttemptWatch.class, this));
		return Flux.merge(this.attempts.asFlux(), words);
	}

	@Override
	public void started(Target target) {
		this.attempts.tryEmitNext(event("attempt", new AttemptNews(target.toString(), now(), null, null)));
	}

	@Override
	public void failed(Target target, LlmException failure) {
		this.attempts.tryEmitNext(
				event("attempt-failed", new AttemptNews(target.toString(), now(), failure.kind(), failure.status())));
	}

	private double now() {
		return Math.round((System.nanoTime() - this.start) / 10_000.0) / 100.0;
	}

	private @Nullable ServerSentEvent<Object> shown(LlmEvent event) {
		if (event instanceof LlmEvent.TextDelta text) {
			return event("delta", new Words(text.text()));
		}
		if (event instanceof LlmEvent.Restarted restarted) {
			return event("restarted", new Words(restarted.to() + ": " + restarted.reason()));
		}
		return (event instanceof LlmEvent.Completed completed) ? event("answer", this.answers.of(completed.response()))
				: null;
	}

	private static ServerSentEvent<Object> failed(LlmException failure) {
		Long retryAfter = (failure.retryAfter() == null) ? null : Long.valueOf(failure.retryAfter().toMillis());
		return event("failure",
				new Failure(failure.kind(), failure.getMessage(), retryAfter, AskAnswer.steps(failure.trail())));
	}

	private static ServerSentEvent<Object> event(String name, Object data) {
		return ServerSentEvent.<Object>builder(data).event(name).build();
	}

}
