package io.arcllm.provider.http;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.net.ssl.SSLException;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import org.jspecify.annotations.Nullable;

import org.springframework.web.reactive.function.client.WebClientException;

/**
 * Classifies failures of the connection. It compares names of classes, because the
 * classes that exist depend on the HTTP client in use.
 */
final class TransportErrors {

	/**
	 * Reactor Netty's exception for a connection that was closed before it was written
	 * to.
	 */
	private static final String ABORTED = "AbortedException";

	private static final String UNWRITTEN = "UnwrittenRequestException";

	/** A word that is a host with its address, a port, or an address alone. */
	private static final Pattern ADDRESS = Pattern
		.compile("[^/]*+/.*|[\\w.%\\[\\]:-]*:[0-9]++[,.;)]*|[0-9]++(\\.[0-9]++){3}[,.;)]*");

	private static final Target NO_TARGET = new Target("-", null);

	private TransportErrors() {
	}

	/**
	 * The failure as an {@link LlmException}.
	 * @param silence the stage of a read timeout
	 */
	static LlmException translate(Throwable failure, Target target, TimeoutStage silence, @Nullable String requestId) {
		Throwable cause = failure;
		for (Throwable t = failure; t != null; t = t.getCause()) {
			if (t instanceof LlmException known) {
				return known;
			}
			LlmException named = byName(t, target, silence, requestId);
			if (named != null) {
				return named;
			}
			cause = t;
		}
		// A decoder's message repeats what cannot be decoded, so only its type is used
		return (cause instanceof IOException)
				? error(ErrorKind.NETWORK, target, "failed: " + brief(cause), null, requestId, cause)
				: error(ErrorKind.PROTOCOL, target, "sent an answer that " + wrong(cause), null, requestId, cause);
	}

	/**
	 * What is wrong in words, because the name of the decoder's exception means nothing
	 * to a caller.
	 */
	private static String wrong(Throwable cause) {
		String type = cause.getClass().getSimpleName();
		if (type.contains("TooLongHttp")) {
			return "has a longer head than http.max-header-size allows";
		}
		return (type.contains("Decompression") || type.contains("Zip")) ? "is not packed as its content-encoding says"
				: "could not be read as HTTP";
	}

	private static @Nullable LlmException byName(Throwable cause, Target target, TimeoutStage silence,
			@Nullable String requestId) {
		return switch (cause.getClass().getSimpleName()) {
			case "ConnectTimeoutException", "HttpConnectTimeoutException", "SslHandshakeTimeoutException" ->
				notConnected(cause, target, requestId);
			case "HttpProxyConnectException", "ProxyConnectException" ->
				isTimeout(cause) ? notConnected(cause, target, requestId) : networkByType(cause, target, requestId);
			case "PoolAcquireTimeoutException" -> error(ErrorKind.BULKHEAD_FULL, target,
					"had no free connection in time; see http.max-connections and http.pending-acquire-timeout", null,
					requestId, cause);
			case "PoolAcquirePendingLimitException" -> error(ErrorKind.BULKHEAD_FULL, target,
					"has too many requests waiting for a connection; see http.max-connections", null, requestId, cause);
			case "ReadTimeoutException", "HttpTimeoutException", "SocketTimeoutException", "WriteTimeoutException" ->
				error(ErrorKind.TIMEOUT, target, "was silent for too long", silence, requestId, cause);
			case "UnknownHostException" ->
				error(ErrorKind.NETWORK, target, "has an unknown host name", null, requestId, cause);
			case "StaleConnectionException", UNWRITTEN -> LlmException
				.of(ErrorKind.NETWORK, target + " closed a connection that was kept open, before its answer began")
				.target(target)
				.staleConnection(true)
				.cause(cause)
				.build();
			case "PrematureCloseException", ABORTED ->
				error(ErrorKind.NETWORK, target, "closed the connection too early", null, requestId, cause);
			default -> networkByType(cause, target, requestId);
		};
	}

	/** Whether it was thrown for a request that was never written. */
	static boolean isUnwritten(Throwable failure) {
		for (Throwable t = failure; t != null; t = t.getCause()) {
			String type = t.getClass().getSimpleName();
			if (type.equals(UNWRITTEN)
					|| (type.equals(ABORTED) && String.valueOf(t.getMessage()).contains("BEFORE send"))) {
				return true;
			}
		}
		return false;
	}

	/** Whether it is a failure of the network, or an {@link LlmException} already. */
	static boolean isKnown(Throwable failure) {
		for (Throwable t = failure; t != null; t = t.getCause()) {
			if (t instanceof LlmException || t instanceof IOException
					|| byName(t, NO_TARGET, TimeoutStage.IDLE, null) != null) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The failure of the network, if code that was notified of it has thrown another one.
	 */
	static Throwable original(Throwable failure) {
		if (!isKnown(failure)) {
			for (Throwable below : failure.getSuppressed()) {
				if (isKnown(below)) {
					return below;
				}
			}
		}
		return failure;
	}

	/** Whether the client tried to read a body that was cancelled or read before. */
	static boolean isLostBody(Throwable failure) {
		StackTraceElement[] stack = failure.getStackTrace();
		return stack.length > 0 && (stack[0].getClassName().equals("reactor.netty.channel.FluxReceive")
				|| stack[0].getClassName().endsWith("ReactorClientHttpResponse"));
	}

	private static LlmException notConnected(Throwable cause, Target target, @Nullable String requestId) {
		return error(ErrorKind.TIMEOUT, target, "could not be connected to in time", TimeoutStage.CONNECT, requestId,
				cause);
	}

	/** Netty has no type for a proxy that is silent. */
	private static boolean isTimeout(Throwable cause) {
		return cause.getMessage() != null && cause.getMessage().endsWith("timeout");
	}

	private static @Nullable LlmException networkByType(Throwable cause, Target target, @Nullable String requestId) {
		boolean network = cause instanceof SocketException || cause instanceof SSLException
				|| cause instanceof ClosedChannelException || cause instanceof UnresolvedAddressException;
		return network ? error(ErrorKind.NETWORK, target, "failed: " + brief(cause), null, requestId, cause) : null;
	}

	/**
	 * Messages are shown to callers outside, so names and addresses of hosts stay in the
	 * cause, for logs.
	 */
	private static String brief(Throwable cause) {
		String message = String.valueOf(Objects.requireNonNullElse(cause.getMessage(), ""));
		if (cause instanceof SSLException && message.contains(" matching ")) {
			return "its certificate is for another host";
		}
		String brief = Arrays.stream(message.split(" "))
			.filter((word) -> !ADDRESS.matcher(word).matches())
			.collect(Collectors.joining(" "))
			.replaceFirst("[\\s:,=>]+$", "");
		return (brief.isBlank() || message.contains("://")) ? "the connection broke" : brief;
	}

	private static LlmException error(ErrorKind kind, Target target, String what, @Nullable TimeoutStage stage,
			@Nullable String requestId, Throwable cause) {
		return LlmException.of(kind, target + " " + what)
			.target(target)
			.stage(stage)
			.requestId(requestId)
			.cause((cause instanceof WebClientException) ? cause.getCause() : cause)
			.build();
	}

}
