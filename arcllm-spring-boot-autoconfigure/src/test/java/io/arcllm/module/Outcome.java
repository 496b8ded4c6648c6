package io.arcllm.module;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

/**
 * What a caller was told.
 */
public final class Outcome {

	private final List<LlmEvent> events = new CopyOnWriteArrayList<>();

	private volatile @Nullable Throwable failure;

	private volatile boolean completed;

	private final Disposable subscription;

	private Outcome(Flux<LlmEvent> answer, Context context) {
		this.subscription = answer.subscribe(this.events::add, (ex) -> this.failure = ex, () -> this.completed = true,
				context);
	}

	/** Subscribes. */
	public static Outcome of(Flux<LlmEvent> answer) {
		return new Outcome(answer, Context.empty());
	}

	/** Subscribes as part of a call. */
	public static Outcome of(Flux<LlmEvent> answer, Call call) {
		return new Outcome(answer, new Scope(call).into(Context.empty()));
	}

	/** Goes away. */
	public void cancel() {
		this.subscription.dispose();
	}

	/** Whether nothing was told yet. */
	public boolean isOpen() {
		return this.failure == null && !this.completed;
	}

	/** All that was told, in order. */
	public List<LlmEvent> events() {
		return this.events;
	}

	/** The whole answer. */
	public @Nullable LlmResponse answer() {
		return this.events.isEmpty() ? null : this.events.get(this.events.size() - 1).answer();
	}

	/** What went wrong. */
	public LlmException failure() {
		if (this.failure instanceof LlmException llmException) {
			return llmException;
		}
		throw new AssertionError("No failure of ours but " + this.failure + ", events " + this.events);
	}

	/** What kind of error it was, if it was one. */
	public @Nullable ErrorKind kind() {
		return (this.failure == null) ? null : failure().kind();
	}

}
