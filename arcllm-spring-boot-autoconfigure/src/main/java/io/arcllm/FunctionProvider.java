package io.arcllm;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * A provider made of a function, which may block: it is called on a thread of its own,
 * where timeouts and deadlines reach it, and interrupted when the call has ended. Threads
 * are virtual where the JVM has them, else they are a pool of this provider's own.
 */
final class FunctionProvider implements LlmProvider {

	private static final int MOST_THREADS = 64;

	/** Virtual threads cost next to nothing, so they are no limit. */
	private static final int MOST_VIRTUAL_THREADS = 1 << 16;

	private static final int IDLE_SECONDS = 60;

	private final String name;

	private final Function<LlmRequest, LlmResponse> answer;

	private final Supplier<Scheduler> threads;

	FunctionProvider(String name, Function<LlmRequest, LlmResponse> answer) {
		this.name = name;
		this.answer = answer;
		this.threads = new Threads("arcllm-" + name);
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.deferContextual((context) -> {
			WireListener listener = WireListener.of(context);
			if (listener != null) {
				listener.waiting();
			}
			return Mono.<LlmResponse>fromCallable(() -> {
				if (listener != null) {
					listener.begun();
				}
				return answer(request, context);
			}).subscribeOn(this.threads.get()).flatMapIterable(FunctionProvider::events);
		});
	}

	private LlmResponse answer(LlmRequest request, ContextView context) {
		CallerContext.Restored restored = CallerContext.of(context).restore(context);
		try {
			return this.answer.apply(request);
		}
		finally {
			restored.close();
		}
	}

	private static List<LlmEvent> events(LlmResponse answer) {
		LlmEvent completed = new LlmEvent.Completed(answer);
		return answer.text().isEmpty() ? List.of(completed) : List.of(new LlmEvent.TextDelta(answer.text()), completed);
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * The threads of one provider, made when it is first asked.
	 */
	private static final class Threads implements Supplier<Scheduler> {

		private final String name;

		private volatile @Nullable Scheduler scheduler;

		Threads(String name) {
			this.name = name;
		}

		@Override
		public Scheduler get() {
			Scheduler scheduler = this.scheduler;
			return (scheduler != null) ? scheduler : create();
		}

		private synchronized Scheduler create() {
			Scheduler scheduler = this.scheduler;
			if (scheduler == null) {
				ThreadFactory virtual = virtualThreads();
				scheduler = (virtual != null)
						? Schedulers.newBoundedElastic(MOST_VIRTUAL_THREADS, Integer.MAX_VALUE, virtual, IDLE_SECONDS)
						: Schedulers.newBoundedElastic(MOST_THREADS, Integer.MAX_VALUE, this.name, IDLE_SECONDS, true);
				this.scheduler = scheduler;
			}
			return scheduler;
		}

		/** By reflection, since they are there from Java 21 on. */
		private @Nullable ThreadFactory virtualThreads() {
			try {
				Class<?> builder = Class.forName("java.lang.Thread$Builder");
				Object ofVirtual = Thread.class.getMethod("ofVirtual").invoke(null);
				Object named = builder.getMethod("name", String.class, long.class)
					.invoke(ofVirtual, this.name + "-", 1L);
				return (ThreadFactory) builder.getMethod("factory").invoke(named);
			}
			catch (ReflectiveOperationException ex) {
				return null;
			}
		}

	}

}
