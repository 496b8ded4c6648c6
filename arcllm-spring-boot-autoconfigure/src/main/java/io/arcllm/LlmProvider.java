package io.arcllm;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Answers requests to language models. Vendors' adapters, modules, whole stacks and test
 * doubles are all providers. Implementations are safe for use by many threads at once.
 */
@FunctionalInterface
public interface LlmProvider {

	/**
	 * One call. Lazy: nothing is sent before the subscription, and each subscription is a
	 * call of its own.
	 * @return any number of deltas, then exactly one {@link LlmEvent.Completed}; or an
	 * {@link LlmException}. Cancelling closes the connection
	 */
	Flux<LlmEvent> exchange(LlmRequest request);

	/**
	 * The name used in chains, metrics and errors, such as {@code anthropic}.
	 */
	default String name() {
		String type = getClass().getSimpleName();
		return type.isEmpty() || getClass().isSynthetic() ? "provider"
				: type.replaceAll("(Llm)?Provider$", "")
					.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
					.toLowerCase(Locale.ROOT);
	}

	/**
	 * Sends the request and waits for the whole answer. Interrupting the waiting thread
	 * cancels the call.
	 * @throws LlmException if the call fails
	 * @throws IllegalStateException on an event loop thread, which must not wait
	 */
	default LlmResponse invoke(LlmRequest request) {
		if (Schedulers.isInNonBlockingThread()) {
			throw new IllegalStateException("invoke() would block the event loop thread '"
					+ Thread.currentThread().getName() + "': use invokeAsync() or stream() there");
		}
		// A future, unlike block(), takes nothing of this thread along, such as its span
		CompletableFuture<LlmResponse> answer = invokeAsync(request).contextCapture().toFuture();
		try {
			return answer.get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw LlmException.of(ErrorKind.PROTOCOL, "The call failed: " + ex.getCause())
				.provider(name())
				.cause(ex.getCause())
				.build();
		}
		catch (InterruptedException ex) {
			answer.cancel(true);
			Thread.currentThread().interrupt();
			throw LlmException.of(ErrorKind.CANCELLED, "Interrupted while waiting for the answer")
				.provider(name())
				.cause(ex)
				.build();
		}
	}

	/**
	 * Sends these messages with the provider's configured model and waits.
	 */
	default LlmResponse invoke(List<Message> messages) {
		return invoke(LlmRequest.of(messages));
	}

	/**
	 * Sends these messages, lets the model call these tools, and waits.
	 */
	default LlmResponse invoke(List<Message> messages, List<Tool> tools) {
		return invoke(LlmRequest.builder().messages(messages).tools(tools).build());
	}

	/**
	 * Sends one user message and waits.
	 */
	default LlmResponse invoke(String prompt) {
		return invoke(LlmRequest.of(prompt));
	}

	/**
	 * The whole answer, without waiting. Lazy, as {@link #exchange} is. A flux that ends
	 * without an answer is an interruption.
	 */
	default Mono<LlmResponse> invokeAsync(LlmRequest request) {
		return new AnswerMono(this, request);
	}

	/**
	 * Asks for an answer of a type, by a JSON schema that is made from it, and waits. The
	 * request's own response format is replaced.
	 * @param type a record or a class with properties
	 * @throws LlmException {@code PROTOCOL}, with the answer in {@code partial()}, if the
	 * answer does not fit; it is not asked for again
	 * @throws IllegalArgumentException if the type is of another kind; before anything is
	 * sent
	 */
	default <T> T invoke(LlmRequest request, Class<T> type) {
		TypedAnswer<T> typed = new TypedAnswer<>(type);
		return typed.read(invoke(typed.ask(request)));
	}

	/**
	 * Asks for an answer of a type, as {@link #invoke(LlmRequest, Class)} does, without
	 * waiting. Lazy.
	 */
	default <T> Mono<T> invokeAsync(LlmRequest request, Class<T> type) {
		TypedAnswer<T> typed = new TypedAnswer<>(type);
		return invokeAsync(typed.ask(request)).map(typed::read);
	}

	/**
	 * The words of the answer as they arrive. An answer that starts again after words
	 * were delivered is an interruption.
	 */
	default Flux<String> text(LlmRequest request) {
		return TextFlux.of(stream(request));
	}

	/**
	 * The events of the answer as they arrive: {@link #exchange} with streaming on.
	 */
	default Flux<LlmEvent> stream(LlmRequest request) {
		return exchange(Objects.requireNonNull(request, "request").withStreaming(true));
	}

	/**
	 * Whether this provider has what it needs to be called, such as a key. Makes no call.
	 */
	default boolean validateConfig() {
		return true;
	}

	/**
	 * A provider made of a function: for tests, and for answers that need no network.
	 * @param answer called once for each subscription, on a thread that it may block and
	 * that is interrupted when the call has ended; what it throws fails the call
	 */
	static LlmProvider of(String name, Function<LlmRequest, LlmResponse> answer) {
		return new FunctionProvider(name, answer);
	}

}
