package io.arcllm.provider.http;

import java.util.function.Consumer;
import java.util.function.Function;

import io.arcllm.LlmEvent;
import reactor.core.publisher.Flux;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Sends a request once more within its attempt, where that is no second question to the
 * vendor: nothing of the first one was written.
 *
 * @param client what to ask with
 * @param answer of the request that failed
 * @param exchange asks with a client
 * @param hookFailed told of what a hook has thrown
 */
record SecondRequest(VendorClient client, HttpAnswer answer, Function<WebClient, Flux<LlmEvent>> exchange,
		Consumer<Throwable> hookFailed) {

	/**
	 * So many kept connections may turn out to be closed before a request is written.
	 */
	private static final int MOST_REPLACED = 4;

	/**
	 * Why a request failed, and what follows; read from the top.
	 */
	private enum Reason {

		/**
		 * A kept connection was closed before the request was written: sent once more.
		 */
		CLOSED_MEANWHILE,

		/**
		 * A hook of the application may have thrown beside a failure: told, and no more.
		 */
		HOOK_BESIDE,

		/** A hook of the application has thrown instead: sent without the hooks. */
		HOOK_INSTEAD,

		/** Anything else: the failure is the answer. */
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
