package io.arcllm.module.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.arcllm.AnswerBuilder;
import io.arcllm.Attempt;
import io.arcllm.CacheMode;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A redirector: gives equal calls the cached answer, lets those at the same time share a
 * request, and gives an older answer if all targets fail.
 */
public final class CacheModule extends BaseModule {

	private final AnswerCache cache;

	private final Target target;

	/**
	 * @param inner what this module wraps
	 * @param cache decides
	 * @param target the primary target
	 */
	public CacheModule(LlmProvider inner, AnswerCache cache, Target target) {
		super(inner);
		this.cache = cache;
		this.target = target;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		CacheMode mode = request.callOptions().cache();
		if (mode == CacheMode.OFF || (mode != CacheMode.ONLY && !this.cache.mayKeep(request))) {
			return this.inner.exchange(request);
		}
		return EventStep.defer((context) -> {
			String key = this.cache.key(request);
			if (mode == CacheMode.REFRESH) {
				return ask(key, request, null);
			}
			Call call = Call.of(context);
			CompletableFuture<@Nullable CachedAnswer> found = this.cache.find(key);
			return found.isDone() ? answer(key, request, found.join(), call)
					: Mono.fromFuture(found.thenApply(Found::new))
						.publishOn(Schedulers.boundedElastic())
						.flatMapMany((one) -> call.caller().subscribing(answer(key, request, one.answer(), call)));
		});
	}

	/** A future may hold {@code null}, while a stream must not. */
	private record Found(@Nullable CachedAnswer answer) {
	}

	private Flux<LlmEvent> answer(String key, LlmRequest request, @Nullable CachedAnswer found, Call call) {
		LlmResponse fresh = this.cache.fresh(found);
		if (fresh != null) {
			return Flux.fromIterable(given(fresh, request.streaming(), call));
		}
		if (request.callOptions().cache() == CacheMode.ONLY) {
			return Flux.error(
					LlmException
						.of(ErrorKind.INVALID_REQUEST,
								"No answer to this request is kept, and CacheMode.ONLY asks no target: " + this.target
										+ " was not asked")
						.target(this.target)
						.vendorCode("cache_miss")
						.build());
		}
		return this.cache.isSingleFlight() ? share(key, request, found) : ask(key, request, found);
	}

	/** The events of a cached answer for this call. */
	private List<LlmEvent> given(LlmResponse answer, boolean streaming, Call call) {
		long elapsed = call.elapsedNanos();
		call.ended(this.cache.attempt(answer)
			.startedAfter(Duration.ofNanos(elapsed))
			.startedAt(call.instant(elapsed))
			.build());
		List<LlmEvent> events = new ArrayList<>(2);
		if (streaming) {
			events.addAll(AnswerBuilder.deltas(answer));
		}
		events.add(new LlmEvent.Completed(answer));
		return events;
	}

	private Flux<LlmEvent> share(String key, LlmRequest request, @Nullable CachedAnswer found) {
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				Call call = Call.of(actual.currentContext());
				while (true) {
					Flight flight = CacheModule.this.cache.flights()
						.computeIfAbsent(key,
								(one) -> new Flight((over) -> CacheModule.this.cache.flights().remove(key, over)));
					if (flight.join(actual, call, CacheModule.this.target,
							(answer) -> given(CacheModule.this.cache.shared(answer), request.streaming(), call),
							() -> ask(key, request, found))) {
						return;
					}
				}
			}

		};
	}

	/**
	 * Asks and keeps the answer; gives an older one if the call fails before the first
	 * word.
	 */
	private Flux<LlmEvent> ask(String key, LlmRequest request, @Nullable CachedAnswer found) {
		return EventStep.defer((context) -> {
			Call call = Call.of(context);
			int before = call.trail().attempts().size();
			boolean[] spoke = new boolean[1];
			return EventStep.around(this.inner.exchange(request), (actual) -> new EventStep(actual) {

				@Override
				public void onNext(LlmEvent event) {
					LlmResponse answer = event.answer();
					spoke[0] |= event.isContent();
					if (answer != null) {
						List<Attempt> attempts = call.trail().attempts();
						CacheModule.this.cache.keep(key, request, answer, attempts.subList(before, attempts.size()));
					}
					super.onNext(event);
				}

			}).onErrorResume(LlmException.class, (failure) -> {
				LlmResponse stale = (spoke[0] || !failure.failsOver()) ? null : this.cache.stale(found);
				return (stale == null) ? Flux.error(failure)
						: Flux.fromIterable(given(stale, request.streaming(), call));
			});
		});
	}

}
