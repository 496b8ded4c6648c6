package io.arcllm.provider;

import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

import io.arcllm.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * How vendors say what went wrong, where the status alone does not: a table, read from
 * the top. Codes are compared whole, words are searched for.
 */
final class ErrorRules {

	private static final IntPredicate ANY = (status) -> true;

	/** Statuses at which the request itself is complained of. */
	private static final IntPredicate REQUEST = (status) -> status < 300 || status == 400 || status == 413
			|| status == 422;

	private static final IntPredicate REQUEST_OR_RATE = (status) -> REQUEST.test(status) || status == 429
			|| status >= 500;

	private static final IntPredicate NOT_RATE = (status) -> status != 429;

	private static final IntPredicate IN_BAND = (status) -> status < 300;

	static final List<Rule> ALL = List.of(
			code(ErrorKind.CONTEXT_WINDOW, ANY, "context_length_exceeded|context_window_exceeded|too_many_tokens"
					+ "|too_many_prompt_tokens|string_above_max_length|tokens_limit_reached|exceed_context_size_error"
					+ "|model_max_prompt_tokens_exceeded|contextwindowexceedederror|request_too_large"),
			code(ErrorKind.CONTENT_POLICY, ANY,
					"content_filter|responsibleaipolicyviolation|content_policy_violation"
							+ "|content_filter_error|moderation_blocked|prohibited_content|safety|content_blocked"
							+ "|data_inspection_failed|contentpolicyviolationerror|moderation"),
			code(ErrorKind.QUOTA_EXHAUSTED, ANY, "insufficient_quota|billing_hard_limit_reached|billing_error"
					+ "|billing_not_active|insufficient_credits|insufficient_balance|credit_limit|credits_exhausted"
					+ "|account_deactivated_billing|insufficient_funds|budget_exceeded|quota_exceeded"),
			code(ErrorKind.MODEL_NOT_FOUND, ANY, "model_not_found|deploymentnotfound|unknown_model|model_not_available"
					+ "|invalid_model|model_decommissioned|not_found_error|resourcenotfoundexception|model_not_active"),
			code(ErrorKind.AUTHENTICATION, ANY, "invalid_api_key|wrong_api_key|api_key_invalid|authentication_error"
					+ "|unrecognizedclientexception|unauthenticated|invalidsignatureexception|expiredtokenexception"
					+ "|invalid_authentication|token_expired|account_deactivated|api_key_expired"),
			code(ErrorKind.OVERLOADED, ANY,
					"overloaded_error|overloaded|engine_overloaded|engine_overloaded_error"
							+ "|serviceunavailableexception|modelnotreadyexception"),
			code(ErrorKind.RATE_LIMITED, IN_BAND,
					"rate_limit_error|rate_limit_exceeded|throttlingexception"
							+ "|resource_exhausted|rate_limit_reached|too_many_requests"),
			words(ErrorKind.CONTEXT_WINDOW, REQUEST_OR_RATE, "prompt is too long|maximum context length"
					+ "|exceeds the maximum number of tokens|input tokens exceeded|max context length"
					+ "|exceeds? (?:the )?(?:available |model'?s? )?(?:maximum )?context (?:window|size|length)"),
			words(ErrorKind.AUTHENTICATION, REQUEST, "api key not valid|incorrect api key|invalid api key"),
			words(ErrorKind.AUTHENTICATION, (status) -> status == 403,
					"(?:security token|api key|access token|credentials?)\\b.{0,40}\\b(?:invalid|expired|incorrect)"
							+ "|(?:invalid|expired|incorrect) (?:api[ -]?key|token|credentials?)"),
			words(ErrorKind.QUOTA_EXHAUSTED, ANY, "credit balance is too low|insufficient balance|insufficient credit"),
			words(ErrorKind.MODEL_NOT_FOUND, REQUEST,
					"model identifier is invalid|model \\S* ?does not exist" + "|model \\S* ?was removed"),
			words(ErrorKind.OVERLOADED, NOT_RATE.and((status) -> status >= 500 || status < 300), "overloaded"));

	private ErrorRules() {
	}

	private static Rule code(ErrorKind kind, IntPredicate statuses, String codes) {
		return new Rule(kind, statuses, Pattern.compile(codes), null);
	}

	private static Rule words(ErrorKind kind, IntPredicate statuses, String words) {
		return new Rule(kind, statuses, null, Pattern.compile(words));
	}

	/**
	 * A row: at these statuses this code, or these words, mean that.
	 */
	record Rule(ErrorKind kind, IntPredicate statuses, @Nullable Pattern codes, @Nullable Pattern words) {

		boolean matches(WireError error, String said) {
			if (!this.statuses.test(error.status())) {
				return false;
			}
			return (this.words != null) ? this.words.matcher(said).find() : is(error.code()) || is(error.type());
		}

		private boolean is(@Nullable String code) {
			return code != null && this.codes != null && this.codes.matcher(code.toLowerCase(Locale.ROOT)).matches();
		}

	}

}
