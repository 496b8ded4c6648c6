package io.arcllm.module.attempt;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import io.arcllm.AnswerBuilder;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmExceptionBuilder;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.Usage;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Makes an {@link LlmException} of whatever a provider fails with.
 */
final class Failures {

	/** How many causes are looked at, because a chain of causes may be a circle. */
	private static final int DEEPEST = 16;

	private static final List<Class<? extends RuntimeException>> FAULTS = List.of(IllegalArgumentException.class,
			IllegalStateException.class, NullPointerException.class, ClassCastException.class,
			IndexOutOfBoundsException.class, UnsupportedOperationException.class, ArithmeticException.class,
			NoSuchElementException.class, ArrayStoreException.class, NegativeArraySizeException.class,
			ConcurrentModificationException.class, DateTimeException.class);

	private Failures() {
	}

	/**
	 * The failure of an attempt that delivered nothing.
	 * @param words describes exceptions of other code for messages
	 */
	static LlmException of(Throwable failure, Target target, Function<Throwable, String> words) {
		Throwable cause = Exceptions.unwrap(failure);
		while ((cause instanceof CompletionException || cause instanceof ExecutionException)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		if (cause instanceof LlmException known) {
			return known;
		}
		ErrorKind kind = kindOf(cause);
		String message = (kind == ErrorKind.INVALID_REQUEST) ? "Provider '" + target.provider() + "' threw "
				+ words.apply(cause) + ": a fault in the program, not at the vendor"
				: target + " failed: " + words.apply(cause);
		return LlmException.of(kind, message).target(target).stage(stageOf(kind, cause)).cause(cause).build();
	}

	/** Clients wrap network errors, such as in {@code WebClientRequestException}. */
	private static ErrorKind kindOf(Throwable failure) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
			if (isTimeout(cause)) {
				return ErrorKind.TIMEOUT;
			}
			if (cause instanceof IOException || cause instanceof UnresolvedAddressException) {
				return ErrorKind.NETWORK;
			}
			cause = cause.getCause();
		}
		return isFault(failure) ? ErrorKind.INVALID_REQUEST : ErrorKind.SERVER_ERROR;
	}

	private static @Nullable TimeoutStage stageOf(ErrorKind kind, Throwable failure) {
		Throwable cause = (kind == ErrorKind.TIMEOUT) ? failure : null;
		for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
			if (cause.getClass().getSimpleName().contains("ConnectTimeout")
					|| String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).startsWith("connect timed out")) {
				return TimeoutStage.CONNECT;
			}
			cause = cause.getCause();
		}
		return null;
	}

	/**
	 * By name, because the timeouts of Netty and LangChain4j share no type with the
	 * others.
	 */
	private static boolean isTimeout(Throwable cause) {
		return cause instanceof TimeoutException || cause instanceof InterruptedIOException
				|| cause.getClass().getSimpleName().endsWith("TimeoutException");
	}

	/**
	 * Exceptions that only a fault of the program causes; the next try would fail in the
	 * same way. A client that gave its own request up is none.
	 */
	private static boolean isFault(Throwable failure) {
		return !(failure instanceof CancellationException)
				&& (failure instanceof Error || FAULTS.stream().anyMatch((fault) -> fault.isInstance(failure)));
	}

	/**
	 * The same failure after content was passed on: an interruption, unless the call's
	 * own deadline ended it.
	 */
	static LlmException after(List<LlmEvent> delivered, LlmException failure, Target target, Usage usage) {
		AnswerBuilder answer = new AnswerBuilder();
		delivered.forEach(answer::add);
		LlmExceptionBuilder builder = (failure.kind() == ErrorKind.DEADLINE_EXCEEDED)
				? LlmException.of(failure.kind(), String.valueOf(failure.getMessage()))
				: LlmException.of(ErrorKind.INTERRUPTED,
						target + " broke off in the middle of its answer: " + failure.getMessage());
		// what the vendor says of trying again is not about words that were delivered
		return builder.like(failure)
			.target(target)
			.retryable(Boolean.FALSE.equals(failure.details().retryable()) ? Boolean.FALSE : null)
			.partial(answer.usage(usage).requestId(failure.requestId()).buildPartial(target))
			.cause(failure)
			.build();
	}

	/**
	 * The same failure if nothing of the answer was passed on: its cause, without the
	 * partial answer that only the provider has seen.
	 */
	static LlmException undelivered(LlmException failure, Target target) {
		if (failure.partial() == null) {
			return failure;
		}
		boolean ours = failure.kind() == ErrorKind.INTERRUPTED || failure.kind() == ErrorKind.DEADLINE_EXCEEDED;
		if (ours && failure.getCause() instanceof LlmException below) {
			return undelivered(below, target);
		}
		return LlmException.of(failure.kind(), String.valueOf(failure.getMessage()))
			.like(failure)
			.target(target)
			.cause(failure)
			.build();
	}

	/**
	 * The same failure of a whole answer, of which nothing was passed on, so that it may
	 * be asked for again. What arrived of it stays.
	 */
	static LlmException ofWholeAnswer(LlmException failure) {
		return (failure.kind() != ErrorKind.INTERRUPTED) ? failure
				: LlmException.of(failure.kind(), String.valueOf(failure.getMessage()))
					.like(failure)
					.retryable(true)
					.partial(failure.partial())
					.cause(failure.getCause())
					.build();
	}

	/**
	 * The tokens that a failed attempt used, as far as the vendor reported them.
	 */
	static Usage usage(LlmException failure, Usage said) {
		LlmResponse partial = failure.partial();
		return (partial == null || partial.usage().equals(Usage.UNKNOWN)) ? said : partial.usage();
	}

}
