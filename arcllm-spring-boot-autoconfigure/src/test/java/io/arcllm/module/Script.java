package io.arcllm.module;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.attempt.ContractModule;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A provider whose answers are known before: each attempt gets the next, and all further
 * attempts the last. Remembers what it was asked, and when.
 */
public final class Script implements LlmProvider {

	private final String name;

	private final List<Flux<LlmEvent>> answers;

	private final AtomicInteger asked = new AtomicInteger();

	private final List<LlmRequest> requests = new CopyOnWriteArrayList<>();

	private final List<Duration> times = new CopyOnWriteArrayList<>();

	@SafeVarargs
	public Script(String name, Flux<LlmEvent>... answers) {
		this.name = name;
		this.answers = List.of(answers);
	}

	/** An answer. */
	public static Flux<LlmEvent> says(String text) {
		return Flux.just(new LlmEvent.TextDelta(text), completed(text));
	}

	/** A failure. */
	public static Flux<LlmEvent> fails(ErrorKind kind) {
		return Flux.error(() -> LlmException.of(kind, "It is " + kind).build());
	}

	/** An answer of the vendor with an error status. */
	public static Flux<LlmEvent> fails(ErrorKind kind, int status, Duration retryAfter) {
		return Flux.error(() -> LlmException.of(kind, "It is " + status).status(status).retryAfter(retryAfter).build());
	}

	/** The beginning of an answer, then a failure. */
	public static Flux<LlmEvent> breaksAfter(String text) {
		return Flux.concat(Flux.just(new LlmEvent.TextDelta(text)), fails(ErrorKind.NETWORK));
	}

	/** The end of an answer. */
	public static LlmEvent completed(String text) {
		return new LlmEvent.Completed(LlmResponse.of(text));
	}

	/** Itself as the heart of a stack. */
	public LlmProvider guarded() {
		return new ContractModule(this, target());
	}

	/** Its name, with a model. */
	public Target target() {
		return new Target(this.name, "m");
	}

	/** Itself as a member of a chain. */
	public Candidate candidate() {
		return candidate(guarded());
	}

	/** Itself as a member of a chain, with modules around it. */
	public Candidate candidate(LlmProvider stack) {
		Target target = target();
		return new Candidate() {

			@Override
			public Target target() {
				return target;
			}

			@Override
			public LlmProvider provider() {
				return stack;
			}

			@Override
			public Rejection rejection(LlmRequest request) {
				return null;
			}

		};
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> {
			this.requests.add(request);
			this.times.add(Duration.ofMillis(Schedulers.parallel().now(TimeUnit.MILLISECONDS)));
			return this.answers.get(Math.min(this.asked.getAndIncrement(), this.answers.size() - 1));
		});
	}

	/** How many attempts it got. */
	public int asked() {
		return this.asked.get();
	}

	/** What it was asked last. */
	public LlmRequest lastRequest() {
		return this.requests.get(this.requests.size() - 1);
	}

	/** The time between two of its attempts, the first of which is 0. */
	public Duration gapAfter(int attempt) {
		return this.times.get(attempt + 1).minus(this.times.get(attempt));
	}

}
