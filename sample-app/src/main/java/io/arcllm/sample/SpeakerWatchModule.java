package io.arcllm.sample;

import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import reactor.core.publisher.Flux;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * An observer around the whole stack: reports the target of an answer that a call shares
 * with an equal call, and for which it sends no request itself.
 */
@Component("speaker-watch")
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class SpeakerWatchModule implements LlmModule {

	@Override
	public LlmProvider around(LlmProvider inner) {
		return new Watched(inner);
	}

	private static final class Watched extends BaseModule {

		Watched(LlmProvider inner) {
			super(inner);
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return Flux.deferContextual((context) -> {
				AttemptWatch watch = context.getOrDefault(AttemptWatch.class, null);
				if (watch == null) {
					return this.inner.exchange(request);
				}
				OwnRequests own = new OwnRequests(watch);
				Call call = Call.of(context);
				return this.inner.exchange(request).doOnNext((event) -> {
					Target speaker = call.speaker();
					if (speaker != null && !own.started) {
						watch.speaks(speaker);
					}
				}).contextWrite((inside) -> inside.put(AttemptWatch.class, own));
			});
		}

		/** Changes nothing, so not part of what is written. */
		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

	/**
	 * Knows whether the call sends a request itself: whose answer it gets then, its
	 * attempts report.
	 */
	private static final class OwnRequests implements AttemptWatch {

		private final AttemptWatch watch;

		private volatile boolean started;

		OwnRequests(AttemptWatch watch) {
			this.watch = watch;
		}

		@Override
		public void started(Target target) {
			this.started = true;
			this.watch.started(target);
		}

		@Override
		public void speaks(Target target) {
			this.watch.speaks(target);
		}

		@Override
		public void notSent(Target target) {
			this.watch.notSent(target);
		}

		@Override
		public void failed(Target target, LlmException failure) {
			this.watch.failed(target, failure);
		}

	}

}
