package io.arcllm.provider.error;

import java.util.Locale;
import java.util.regex.Pattern;

import io.arcllm.ErrorKind;
import io.arcllm.RefusedParameter;

/**
 * Classifies errors by the rows of {@link ErrorRules} first, then by the HTTP status.
 * Safe for use by many threads.
 */
public final class DefaultErrorClassifier implements ErrorClassifier {

	/** Vendors say first what is wrong; later words may be the caller's. */
	private static final int WORTH_SEARCHING = 1000;

	/** Quoted words may be the caller's own. */
	private static final Pattern QUOTED = Pattern.compile(
			"\"[^\"]*+\"|`[^`]*+`|\u201c[^\u201d]*+\u201d|(?<!\\w)'[^']*+(?:(?<=\\w)'(?=\\w)[^']*+){0,50}+'(?!\\w)");

	@Override
	public ErrorKind classify(WireError error) {
		String unquoted = QUOTED.matcher(error.message()).replaceAll("*");
		String words = unquoted.substring(0, Math.min(unquoted.length(), WORTH_SEARCHING)).toLowerCase(Locale.ROOT);
		ErrorKind kind = ErrorRules.ALL.stream()
			.filter((rule) -> rule.matches(error, words))
			.map(ErrorRules.Rule::kind)
			.findFirst()
			.orElseGet(() -> byStatus(error.status()));
		// inside a successful answer, no status says that the request is wrong
		boolean ofRequest = kind == ErrorKind.INVALID_REQUEST
				|| (kind == ErrorKind.SERVER_ERROR && error.status() < 300);
		return (ofRequest && isUnsupported(error)) ? ErrorKind.UNSUPPORTED : kind;
	}

	/** A refused value is the caller's mistake and says nothing about the model. */
	private static boolean isUnsupported(WireError error) {
		RefusedParameter refused = ParameterRefusals.read(error);
		return refused != null && refused.why() != RefusedParameter.Why.VALUE;
	}

	private static ErrorKind byStatus(int status) {
		return switch (status) {
			case 401 -> ErrorKind.AUTHENTICATION;
			case 402 -> ErrorKind.QUOTA_EXHAUSTED;
			case 403 -> ErrorKind.PERMISSION;
			case 404, 410 -> ErrorKind.MODEL_NOT_FOUND;
			case 408 -> ErrorKind.TIMEOUT;
			case 425, 499 -> ErrorKind.NETWORK;
			case 429 -> ErrorKind.RATE_LIMITED;
			case 424 -> ErrorKind.SERVER_ERROR;
			case 498, 503, 529 -> ErrorKind.OVERLOADED;
			default -> other(status);
		};
	}

	/** Below 300, the error came inside a successful answer and gives no other reason. */
	private static ErrorKind other(int status) {
		if (status >= 500 || status < 300) {
			return ErrorKind.SERVER_ERROR;
		}
		return (status >= 400) ? ErrorKind.INVALID_REQUEST : ErrorKind.PROTOCOL;
	}

}
