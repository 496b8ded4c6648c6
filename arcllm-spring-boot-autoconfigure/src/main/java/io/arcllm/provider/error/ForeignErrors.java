package io.arcllm.provider.error;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * Reads the exceptions of other clients: Spring's, the SDKs of vendors, Spring AI's and
 * LangChain4j's. A vendor's answer in them is classified like any other.
 */
public final class ForeignErrors {

	/** How many causes are looked at, because a chain of causes may be a circle. */
	private static final int DEEPEST = 16;

	/** Of LangChain4j, where no status is told. */
	private static final Map<String, ErrorKind> BY_NAME = Map.of("RateLimitException", ErrorKind.RATE_LIMITED,
			"AuthenticationException", ErrorKind.AUTHENTICATION, "ModelNotFoundException", ErrorKind.MODEL_NOT_FOUND,
			"ContentFilteredException", ErrorKind.CONTENT_POLICY, "UnsupportedFeatureException", ErrorKind.UNSUPPORTED,
			"InvalidRequestException", ErrorKind.INVALID_REQUEST, "InternalServerException", ErrorKind.SERVER_ERROR,
			"UnresolvedModelServerException", ErrorKind.NETWORK);

	private static final String LANGCHAIN4J = "dev.langchain4j.";

	/** What is thrown where something is not there. */
	private static final Set<Class<?>> STUMBLES = Set.of(NullPointerException.class, ClassCastException.class,
			NoSuchElementException.class, IndexOutOfBoundsException.class, ArrayIndexOutOfBoundsException.class,
			StringIndexOutOfBoundsException.class);

	private static final List<String> CLIENTS = List.of(LANGCHAIN4J, "org.springframework.ai.", "com.openai.",
			"com.anthropic.", "com.google.genai.", "com.google.cloud.", "com.google.api.", "com.azure.",
			"software.amazon.");

	private static final List<String> BELOW = List.of("java.", "jdk.", "kotlin.", "reactor.");

	private final ErrorReader reader;

	/**
	 * @param reader reads the vendor's answer in an exception
	 */
	public ForeignErrors(ErrorReader reader) {
		this.reader = reader;
	}

	/**
	 * The error in a client's exception, or {@code null} if there is none. Its cause has
	 * the exception's type and place, but not its message, which may be the vendor's.
	 */
	public @Nullable LlmException read(Throwable failure, Target target) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
			if (cause instanceof LlmException known) {
				return known;
			}
			ForeignAnswer answer = ForeignAnswer.of(cause);
			if (answer != null) {
				LlmException read = this.reader.read(target, answer.status(), answer.headers(), answer.body(), 0,
						answer.body().length);
				return LlmException.of(read.kind(), String.valueOf(read.getMessage()))
					.like(read)
					.cause(new Origin(failure))
					.build();
			}
			cause = cause.getCause();
		}
		LlmException named = byName(failure, target);
		return (named != null) ? named : unread(failure, target);
	}

	/** A client that stumbles over an answer: the vendor sent what it did not expect. */
	private static @Nullable LlmException unread(Throwable failure, Target target) {
		Throwable cause = failure;
		for (int depth = 0; cause.getCause() != null && depth < DEEPEST; depth++) {
			cause = cause.getCause();
		}
		return (STUMBLES.contains(cause.getClass()) && isInClient(cause.getStackTrace()))
				? LlmException.of(ErrorKind.PROTOCOL, target + " gave an answer that its client could not read")
					.target(target)
					.cause(new Origin(failure))
					.build()
				: null;
	}

	/** Where it was thrown, without what is below all clients. */
	private static boolean isInClient(StackTraceElement[] frames) {
		return Arrays.stream(frames)
			.map(StackTraceElement::getClassName)
			.filter((name) -> BELOW.stream().noneMatch(name::startsWith))
			.findFirst()
			.filter((name) -> CLIENTS.stream().anyMatch(name::startsWith))
			.isPresent();
	}

	private static @Nullable LlmException byName(Throwable failure, Target target) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
			Class<?> type = cause.getClass();
			ErrorKind kind = type.getName().startsWith(LANGCHAIN4J) ? BY_NAME.get(type.getSimpleName()) : null;
			if (kind != null) {
				String words = FailureWords.words(cause);
				return LlmException.of(kind, target + " failed: " + (words.isEmpty() ? type.getSimpleName() : words))
					.target(target)
					.cause(new Origin(failure))
					.build();
			}
			cause = cause.getCause();
		}
		return null;
	}

	/**
	 * Where a client's exception was thrown, without its message.
	 */
	private static final class Origin extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Origin(Throwable failure) {
			super(failure.getClass().getName(), null, false, true);
			setStackTrace(failure.getStackTrace());
		}

	}

}
