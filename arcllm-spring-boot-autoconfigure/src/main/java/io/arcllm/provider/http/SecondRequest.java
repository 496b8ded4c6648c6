package io.arcllm.provider.http;

import java.util.function.Consumer;
import java.util.function.Function;

import io.arcllm.LlmEvent;
import reactor.core.publisher.Flux;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Sends a request again within its attempt, if nothing of the first one was written, so
 * that the vendor gets it only once.
 *
 * @param client sends the requests
 * @param answer the answer of the request that failed
 * @param exchange sends the request with a client
 * @param hookFailed is given what a hook has thrown
 */
record SecondRequest(VendorClient client, HttpAnswer answer, Function<WebClient, Flux<LlmEvent>> exchange,
		Consumer<Throwable> hookFailed) {

	/**
	 * How many kept connections may be found closed before a request is written.
	 */
	private static final int MOST_REPLACED = 4;

	/**
	 * Why a request failed; the first reason that applies is used.
	 */
	private enum Reason {

		/**
		 * A kept connection was closed before the request was written: it is sent again.
		 */
		CLOSED_MEANWHILE,

		/**
		 * A hook of the application may have thrown in addition to a failure: it is
		 * logged.
		 */
		HOOK_BESIDE,

		/** A hook of the application has thrown: the request is sent without hooks. */
		HOOK_INSTEAD,

		/** Any other reason: the failure is passed on. */
		OTHER

	}

	/** What comes after a failure. */
	Flux<LlmEvent> after(Throwable failure) {
		return after(failure, MOST_REPLACED);
	}

	private Flux<LlmEvent> after(Throwable failure, int left) {
		return switch (reason(failure, left)) {
			case CLOSED_MEANWHILE ->
				this.exchange.apply(this.client.client()).onErrorResume((ex) -> after(ex, left - 1));
			case HOOK_BESIDE -> {
				this.hookFailed.accept(failure);
				yield Flux.error(TransportErrors.original(failure));
			}
			case HOOK_INSTEAD -> this.exchange.apply(this.client.unobserved()).doOnTerminate(() -> {
				if (this.answer.isAsked()) {
					this.client.failed().accept(failure);
				}
			});
			case OTHER -> Flux.error(TransportErrors.original(failure));
		};
	}

	private Reason reason(Throwable failure, int left) {
		if (left > 0 && TransportErrors.isUnwritten(failure)) {
			return Reason.CLOSED_MEANWHILE;
		}
		if (TransportErrors.original(failure) != failure) {
			return Reason.HOOK_BESIDE;
		}
		boolean hooked = this.client.unobserved() != this.client.client() && this.answer.isMissed(failure);
		return hooked ? Reason.HOOK_INSTEAD : Reason.OTHER;
	}

}
