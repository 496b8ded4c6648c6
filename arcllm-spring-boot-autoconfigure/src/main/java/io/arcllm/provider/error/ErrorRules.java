package io.arcllm.provider.error;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

import io.arcllm.ErrorKind;
import org.jspecify.annotations.Nullable;

/**
 * The table of vendors' codes and words for errors that the status alone does not
 * explain; the first row that matches is used. Codes are compared as a whole, words are
 * searched for; both in lower case.
 */
final class ErrorRules {

	private static final IntPredicate ANY = (status) -> true;

	/** Inside a successful answer, with no status of its own. */
	private static final IntPredicate IN_BAND = (status) -> status < 300;

	private static final IntPredicate SERVER = (status) -> status >= 500 && status != 529;

	/** The vendor refuses the request itself. */
	private static final IntPredicate REQUEST = IN_BAND.or(at(400, 409, 413, 422));

	private static final IntPredicate NOT_RATE = (status) -> status != 429;

	static final List<Rule> ALL = List.of(
			code(ErrorKind.CONTEXT_WINDOW, ANY,
					"context_length_exceeded|context_window_exceeded|model_context_window_exceeded|too_many_tokens"
							+ "|too_many_prompt_tokens|tokens_limit_reached|exceed_context_size_error"
							+ "|model_max_prompt_tokens_exceeded|contextwindowexceedederror|1261"),
			// of a text of a million characters; names and the like have shorter limits
			words(ErrorKind.CONTEXT_WINDOW, at(400),
					"string too long\\. expected a string with maximum length \\d{6,}"),
			code(ErrorKind.CONTENT_POLICY, ANY,
					"content_filter|content_filter_error|responsibleaipolicyviolation|content_policy_violation"
							+ "|contentpolicyviolationerror|content_policy|moderation_blocked|moderation|moderation_error"
							+ "|prohibited_content|safety_error|data_inspection_failed|content_blocked|1301"
							+ "|\\w*sensitivecontentdetected.*"),
			// a shorter request passes, and no wait helps
			words(ErrorKind.CONTEXT_WINDOW, ANY,
					"extra usage is required for (?:\\w+ ){0,2}context|long context (?:\\w+ )?is not (?:yet )?available"),
			words(ErrorKind.QUOTA_EXHAUSTED, ANY,
					"(?:out of|draw from your) extra usage|extra usage (?:is required|has run out)"
							+ "|rate limit of 0 \\w"),
			// before the code, which names the parameter stream
			words(ErrorKind.PERMISSION, REQUEST.or(at(403, 404)),
					"organization must be verified|must be verified to (?:stream|use|access)"),
			code(ErrorKind.QUOTA_EXHAUSTED, ANY, "base_resp\\.1008"),
			code(ErrorKind.AUTHENTICATION, ANY, "base_resp\\.(?:1004|2049)"),
			code(ErrorKind.RATE_LIMITED, ANY, "base_resp\\.(?:1002|1039|1041|2045|2056)"),
			code(ErrorKind.CONTENT_POLICY, ANY, "base_resp\\.(?:1026|1027)"),
			code(ErrorKind.INVALID_REQUEST, ANY, "base_resp\\.(?:2013|1042)"),
			code(ErrorKind.QUOTA_EXHAUSTED, ANY,
					"insufficient_quota|insufficient_user_quota|exceeded_current_quota_error|quota_exceeded"
							+ "|billing_hard_limit_reached|billing_not_active|billing_error|billing_disabled"
							+ "|insufficient_credits?|insufficient_balance|insufficient_funds|insufficient credit"
							+ "|credit_limit|credit_limit_exceeded|payment_required|budget_exceeded|arrearage"
							+ "|access_terminated(?:_error)?|servicequotaexceededexception|insufficientquota"
							+ "|allocationquota\\.freetieronly|blocked_api_access|1113"),
			code(ErrorKind.MODEL_NOT_FOUND, ANY,
					"model_not_found|modelnotfound|deploymentnotfound|unknown_model|unavailable_model|invalid_model"
							+ "|model_not_available|model_not_supported|model_decommissioned|not_found_error"
							+ "|resourcenotfoundexception|1211"),
			code(ErrorKind.AUTHENTICATION, ANY,
					"invalid_api_key|wrong_api_key|incorrect_api_key|api_key_invalid|api_key_expired|invalid_key"
							+ "|authentication_error|invalid_authentication|invalid_authentication_error"
							+ "|unauthenticated|token_expired|unrecognizedclientexception|expiredtokenexception"
							+ "|invalidsignatureexception|missing_api_key|expired_key|token_not_found_in_db"),
			code(ErrorKind.OVERLOADED, ANY, "overloaded_error"),
			code(ErrorKind.OVERLOADED, NOT_RATE,
					"overloaded|engine_overloaded|engine_overloaded_error|server_overloaded|capacity_exceeded"
							+ "|serviceunavailableexception|modelnotreadyexception|unavailable|service_unavailable"),
			// these say which field is wrong, and repeat what was in it
			code(ErrorKind.INVALID_REQUEST, REQUEST,
					"invalid_value|invalid_type|unsupported_value|unsupported_parameter|unknown_parameter"
							+ "|missing_required_parameter|(?:decimal|integer|array|string|object)_\\w+"
							+ "|invalid_image_format|tool_use_failed|json_validate_failed"),
			words(ErrorKind.QUOTA_EXHAUSTED, ANY,
					"credit balance is too low|insufficient (?:account )?(?:balance|credits?|funds|quota)"
							+ "|(?:requires more|never purchased|used all available|not enough|out of) credits|no credits (?:remaining|left)"
							+ "|(?:balance is insufficient|not enough balance|overdue balance)"
							+ "|credits are depleted|key limit exceeded|spending (?:limit|cap)|exceeded your monthly included credits|billing hard limit"
							+ "|specified (?:\\w+ )?api usage limits|out of call volume quota|api calls ?/ ?month"
							+ "|budget has been exceeded|exceededbudget|payment required"
							+ "|check your billing details|requires billing to be enabled|out of quota"
							+ "|(?:monthly|weekly) (?:\\w+ )?(?:limit|quota) (?:has been |is |was )?(?:reached|exceeded|exhausted)"
							+ "|exceeded (?:your|the) (?:monthly|weekly) (?:\\w+ )?(?:limit|quota|budget|allowance)"
							+ "|(?:quota|trial|credits) (?:has been |have been |is |are )?(?:exhausted|used up)"
							+ "|(?:recharge|top up) your (?:account|balance|credits)"
							// Gemini uses the same words for its limits a minute
							+ "|exceeded your current quota(?!.*(?:retry in|quota exceeded for|ai\\.google\\.dev))"),
			words(ErrorKind.CONTEXT_WINDOW, REQUEST.or(SERVER).or(at(429)), ContextWords.ALL),
			words(ErrorKind.CONTENT_POLICY, REQUEST.or(SERVER).or(at(403, 451)),
					"content management policy|content filtering policy|responsible ai polic"
							+ "|violat(?:es?|ed|ing) (?:our |the |\\w+'s )?(?:usage|content|safety)[ -](?:polic|guideline)"
							+ "|(?:input|prompt|request|content|output|message) (?:was|is|were|has been) "
							+ "(?:flagged|blocked by|rejected by (?:our|the) (?:safety|content|moderation))"
							+ "|as a result of our safety system|requires moderation|content exists risk"
							+ "|inappropriate content|access to this content for safety reasons"),
			// the model exists, but not what was asked of it
			words(ErrorKind.UNSUPPORTED, at(400, 404), ParameterRefusals.NO_HOST),
			words(ErrorKind.PERMISSION, at(400, 401),
					"insufficient permissions|location is not supported"
							+ "|organization has been (?:restricted|disabled)|not allowed to access model"),
			words(ErrorKind.AUTHENTICATION, REQUEST,
					"api[ -]?key (?:not valid|is (?:not valid|invalid|missing)|expired)"
							+ "|(?:incorrect|invalid|wrong|missing) api[ -]?key|missing or invalid authorization"),
			words(ErrorKind.AUTHENTICATION, at(403), "(?:token|api[ -]?key|credentials?|signature)\\b.{0,60}?"
					+ "\\b(?:invalid|not valid|expired|incorrect|disabled|blocked|revoked|leaked|missing(?! \\w)|not match)"
					+ "|(?:invalid|expired|incorrect|wrong|missing) (?:\\w+ ){0,2}(?:api[ -]?key|token|credentials?)"
					+ "|authentication (?:failed|fails|required)|missing authentication|unregistered callers"),
			words(ErrorKind.MODEL_NOT_FOUND, REQUEST,
					"model identifier is invalid|not a valid model|(?:invalid|unknown|unsupported) model(?! (?:param|output))"
							+ "|model:? (?:\\S+ )?(?:does not exist|not exist|(?:is |was )?not found|was removed"
							+ "|has been (?:removed|retired|deprecated|decommissioned|shut ?down))"
							+ "|supported api model names are|on-demand throughput isn.t supported|not supported by any provider"),
			code(ErrorKind.PERMISSION, at(401).or(REQUEST), "permission_error|permission_denied|accessdeniedexception"
					+ "|organization_restricted|model_terms_required|key_model_access_denied|tier_not_allowed|missing_scope"),
			code(ErrorKind.RATE_LIMITED, NOT_RATE,
					"rate_limit_error|rate_limit_exceeded|rate_limited|ratelimitreached|throttlingexception"
							+ "|throttling_error|resource_exhausted|too_many_requests|toomanyrequestsexception"),
			words(ErrorKind.RATE_LIMITED, IN_BAND.or(SERVER).or(at(403)),
					"rate limit (?:reached|exceeded)|rate[ -]limited|too many requests"),
			words(ErrorKind.OVERLOADED, IN_BAND.or(SERVER),
					"overloaded|(?:over|at) capacity|no capacity"
							+ "|currently loading|temporarily unavailable|experiencing high demand|server is busy"),
			code(ErrorKind.TIMEOUT, IN_BAND, "timeout_error|timeout|request_timeout|deadline_exceeded"),
			words(ErrorKind.TIMEOUT, IN_BAND, "timed out|timeout"),
			code(ErrorKind.INVALID_REQUEST, IN_BAND,
					"invalid_request_error|invalid_request|bad_request|badrequesterror|validationexception"
							+ "|invalid_argument|validation|validation_error"));

	private ErrorRules() {
	}

	private static IntPredicate at(int... statuses) {
		return (status) -> Arrays.stream(statuses).anyMatch((each) -> each == status);
	}

	private static Rule code(ErrorKind kind, IntPredicate statuses, String codes) {
		return new Rule(kind, statuses, Pattern.compile(codes), null);
	}

	private static Rule words(ErrorKind kind, IntPredicate statuses, String words) {
		return new Rule(kind, statuses, null, Pattern.compile(words));
	}

	/**
	 * A row: at these statuses, these codes or words mean this kind.
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

	/**
	 * The words of vendors for a request that is too long for the model.
	 */
	static final class ContextWords {

		static final String ALL = String.join("|",
				// Anthropic, Fireworks, Ollama
				"prompt (?:is )?too long", "exceeds? context limit",
				// OpenAI and compatible vendors
				"max(?:imum)? (?:model )?(?:context|prompt) (?:length|window|size)",
				"exceeds? (?:the |this )?(?:model'?s |available |maximum )*context (?:window|length|size)",
				"context (?:window|length|size) (?:has been |was )?exceed", "input tokens exceed",
				"reduce the length of the (?:messages|input|prompt)",
				// a request larger than the limit of a minute never passes
				"request too large for .*(?:tokens per min|reduce)", "tokens_limit_reached",
				"request body too large for .* model. max size: \\d+ tokens",
				// Gemini, Vertex
				"maximum number of (?:input )?tokens", "token count is \\d+ but (?:the )?model only supports",
				"token count .{0,40}exceeds the (?:limit|maximum)",
				// Bedrock
				"input is too long", "too many input tokens", "number of input tokens exceeds",
				// Cohere
				"too many tokens: ",
				// Mistral, Hugging Face, TGI, Together
				"exceeds (?:the )?max(?:imum)? (?:allowed )?(?:input|sequence|model) length",
				"tokens \\+ \\S+ must be <=", "must have less than \\d+ tokens",
				// vLLM, SGLang, llama.cpp, LM Studio
				"(?:longer|greater|larger) than the (?:model'?s |maximum )?(?:context|model) (?:length|size|window)",
				"context (?:length|size) (?:is|of) (?:only )?\\d+", "input is too large to process",
				// Kimi, DashScope, Snowflake, Perplexity
				"exceeded model token limit", "range of input length should be", "max tokens of \\d+ exceeded",
				"length of all messages is too long", "more than max tokens allowed");

		private ContextWords() {
		}

	}

}
