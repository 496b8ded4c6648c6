package io.arcllm.provider.error;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;

import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.PrintableText;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Turns any vendor's error answer into an {@link LlmException}: reads it, classifies it
 * once, and finds out when it may be tried again. Never throws. Safe for use by many
 * threads.
 */
public final class ErrorReader {

	private static final int FIRST_ERROR_STATUS = 300;

	private static final int LONGEST_WORDS = 300;

	private static final int LONGEST_CODE = 100;

	private static final int LONGEST_TARGET = 120;

	private final ErrorClassifier classifier;

	private final RetryDelays delays;

	/**
	 * @param classifier decides the kind of an error
	 * @param clock turns points in time into waits
	 */
	public ErrorReader(ErrorClassifier classifier, Clock clock) {
		this(classifier, new RetryDelays(clock));
	}

	private ErrorReader(ErrorClassifier classifier, RetryDelays delays) {
		this.classifier = classifier;
		this.delays = delays;
	}

	/** The same for one call, whose errors are classified in its caller's context. */
	public ErrorReader within(CallerContext caller) {
		return (caller == CallerContext.NONE) ? this
				: new ErrorReader((error) -> caller.get(() -> this.classifier.classify(error)), this.delays);
	}

	/**
	 * Reads the error in an answer.
	 * @param target the target that answered
	 * @param status the HTTP status; 200 for an error inside a successful answer. Such an
	 * error has the status that it names itself, or none
	 * @param received the headers of the answer
	 * @param body the bytes that contain the error
	 * @param offset where it begins
	 * @param length how long it is
	 */
	public LlmException read(Target target, int status, HttpHeaders received, byte[] body, int offset, int length) {
		HttpHeaders headers = OriginalHeaders.of(received);
		String text = new String(body, offset, length, StandardCharsets.UTF_8);
		ErrorBody parsed = ErrorBody.parse(text);
		boolean inBand = status < FIRST_ERROR_STATUS;
		Integer inside = parsed.status();
		int known = (inBand && inside != null) ? inside : status;
		String code = Secrets.mask(cut(parsed.code(headers), LONGEST_CODE));
		String type = Secrets.mask(cut(parsed.type(), LONGEST_CODE));
		WireError error = new WireError(target, known, code, type, cut(parsed.param(), LONGEST_CODE), parsed.message(),
				headers, text);
		ErrorKind kind = this.classifier.classify(error);
		Duration retryAfter = this.delays.read(inBand ? HttpHeaders.EMPTY : headers, parsed, kind);
		return LlmException.of(kind, message(error))
			.target(target)
			.status((known < FIRST_ERROR_STATUS) ? null : Integer.valueOf(known))
			.vendorCode((code != null) ? code : type)
			.requestId(requestId(headers, parsed))
			.retryAfter(retryAfter)
			.refusedParameter(ParameterRefusals.read(error))
			.retryable(inBand ? null : shouldRetry(headers))
			.body(text)
			.build();
	}

	private static String message(WireError error) {
		String target = cut(error.target().toString(), LONGEST_TARGET);
		String what = (error.status() < FIRST_ERROR_STATUS) ? " answered with an error" : " answered " + error.status();
		String words = cut(Secrets.mask(error.message()), LONGEST_WORDS);
		return target + what + ((words == null || words.isEmpty()) ? "" : ": " + words);
	}

	private static @Nullable String requestId(HttpHeaders headers, ErrorBody body) {
		String id = RequestIds.find(headers);
		return cut((id != null) ? id : body.requestId(), LONGEST_CODE);
	}

	private static @Nullable Boolean shouldRetry(HttpHeaders headers) {
		String value = headers.getFirst("x-should-retry");
		if (value == null) {
			return null;
		}
		return switch (value.trim().toLowerCase(Locale.ROOT)) {
			case "true" -> Boolean.TRUE;
			case "false" -> Boolean.FALSE;
			default -> null;
		};
	}

	private static @Nullable String cut(@Nullable String text, int longest) {
		return PrintableText.of(text, longest);
	}

}
