package io.arcllm.provider.error;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.arcllm.Parameter;
import io.arcllm.RefusedParameter;
import io.arcllm.RefusedParameter.Why;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which part of a request a vendor refused, and whether the vendor refuses the
 * parameter or only its value: from the parameter that the error names, else from its
 * words.
 */
final class ParameterRefusals {

	private static final int WORTH_SEARCHING = 1000;

	/** Not a word of {@link Parameter}: it is lowered, never left out. */
	private static final String MAX_TOKENS = "max-tokens";

	private static final Pattern OF_MAX_TOKENS = Pattern
		.compile("\\b(?:max_(?:completion_|output_|new_)?tokens|maxoutputtokens|num_predict)\\b");

	private static final Pattern COMBINATION = Pattern.compile("cannot both|both be (?:specified|set|used)|only one of"
			+ "|mutually exclusive|use only one|(?:used|specified|set|combined) together|cannot be (?:used|combined) with (?!this)"
			+ "|when thinking is enabled|only allowed when|while thinking is"
			+ "|may not be (?:enabled|used|set|combined) (?:when|with|if|while)");

	/**
	 * The vendor takes thinking in another form: a budget, adaptive, or only on.
	 */
	private static final Pattern FORM = Pattern.compile("\\buse [^.]{0,30}\\badaptive|adaptive[^.]{0,60}\\binstead"
			+ "|(?:only supports|switch to|requires) (?:the )?[^a-z]?adaptive|thinking\\.type: input should be [^a-z]?adaptive"
			+ "|thinking\\.type\\.(?:enabled|adaptive)[^a-z]{0,3} (?:is|are)(?: not|n't| no longer)|budget_tokens[^a-z]{0,3}(?:is|are)? "
			+ "?(?:(?:not|no longer) |un)(?:supported|allowed|permitted|accepted|available)|budget_tokens[^a-z]{1,3}extra inputs"
			+ "|budget_tokens[^a-z]{0,3} is deprecated|adaptive(?: thinking)?[^a-z]{0,3} (?:is|are)(?: not|n't)"
			+ "|tag [^a-z]?adaptive[^a-z]? found|thinking\\.type: input should be [^a-z]?enabled|does not support adaptive"
			+ "|output_config\\.effort[^a-z]{0,3} ?(?:extra inputs|(?:is|are) not)|does not support the effort parameter"
			+ "|\\bthink value \\S{1,20} is not supported");

	/** A router has the model, but no host that takes the request. */
	static final String NO_HOST = "no (?:endpoints?|providers?) (?:were |was )?(?:found |available )?(?:that |which )?(?:can )?(?:supports?|handle)\\b";

	private static final Pattern BY_ROUTER = Pattern.compile(NO_HOST);

	private static final Pattern DEFAULT_ONLY = Pattern.compile("only the default|only supports? the default");

	private static final Pattern VALUE = Pattern
		.compile("supported values|must (?:be|contain)\\b|should be|too (?:large|small|long|many)"
				+ "|out of range|invalid value|(?:greater|less|larger|smaller) than|at most|valid range|\\brange\\b|\\bexpected|exceeds"
				+ "|\\bvalue \\S{1,80} is not supported|(?:effort|level|mode|tier) ['\"`]\\S{1,40} is not supported|does not match|\\bgot\\b|\\d > \\d");

	private static final Pattern PARAMETER = Pattern.compile(
			"unsupported|unknown (?:name|parameters?|fields?|arguments?)|unrecognized|extra (?:inputs|fields)|extra_forbidden"
					+ "|unexpected (?:keyword|field|parameter|argument)|cannot find field"
					+ "|(?:is|are|was)(?: not|n't| no longer)(?: currently| yet)? (?:supported|available|allowed|permitted|enabled|accepted|a valid)"
					+ "|(?:does|do)(?: not|n't)(?: currently| yet)? (?:support|accept|allow|take)|not (?:currently )?supported|no longer supported"
					+ "|not permitted|deprecated|only supported (?:by|for|on|with)|additional properties are not allowed"
					+ "|cannot be used with this|not enabled for|doesn't have|lacks? support"
					+ "|tool choice requires --|unsupported mime type"
					+ "|(?:verified|permission|permitted|allowed|authorized|entitled) to (?:use )?(?:stream|streaming|streamed responses)\\b");

	/** The fields of a message whose content or role may be refused. */
	private static final Pattern OF_MESSAGE = Pattern.compile("^(?:messages|contents|input)\\b.*");

	/** Words for a refused parameter with an unknown name. */
	private static final List<Pattern> STRANGE = List.of(
			find("(?:unknown|unrecognized|unsupported|unexpected|extra|extraneous|invalid) (?:request |keyword |body )?"
					+ "(?:parameters?|arguments?|fields?|names?|keys?|propert(?:y|ies))(?: supplied| name)?:? ?\\[?"
					+ "['\"`\u201c]?([a-z_][\\w.\\[\\]]{1,60})"),
			find("^([a-z_][\\w.]{1,60}): extra (?:inputs|fields)"), find("\\('([a-z_]\\w{1,60})' was unexpected\\)"),
			find("(?:parameter|argument|field|property|option) ['\"`\u201c]([a-z_][\\w.]{1,60})['\"`\u201d] (?:is|was)"),
			find("^['\"`\u201c]?([a-z]+_[a-z_]+)['\"`\u201d]? (?:is|are) (?:not|un|no longer)"));

	private static final Pattern ROLE = Pattern
		.compile("\\b(?:system|developer)['\"`]? (?:role|message)|developer instruction");

	/** Fields of every request: if one of these is refused, the request is wrong. */
	private static final Set<String> OF_EVERY_REQUEST = Set.of("messages", "model", "prompt", "input", "content",
			"role", "type", "value", "request");

	/** Quoted names, except those of roles. */
	private static final Pattern QUOTED = Pattern
		.compile("(?<!role )(?<!roles )['\"`\u201c]([A-Za-z_][\\w.]{1,60})['\"`\u201d]");

	private static final Pattern STREAM = find("\\b(stream)(?:s|ed|ing)?\\b(?! options)");

	private static final List<Pattern> NAMED = List.of(
			// the name stands first, as in Pydantic's messages
			find("^([a-z_][\\w.]{1,60}): "), find("^(thinking) (?:may|can|must|is|are)"),
			find("\\b(tool) choice requires --"), find("mime type:? ['\"`]?(image|application)/"),
			find("\\b(reasoning effort|top[ -][pk]|stop sequences?)\\b"), find(": ([a-z_]{2,40})\\.?$"),
			find("\\b([a-z_]{2,40}) value\\b"),
			find("(?:parameters?|arguments?|fields?|name|property|option|feature):?\\s+([a-z_][\\w.]{1,60})"),
			find("(?:support|supports|accept|accepts|take|allow|allows)\\s+(?:the\\s+|any\\s+|[a-z]+-[a-z]+\\s+)?([a-z_]{2,40})\\b(?!-)"),
			find("\\b([a-z_]{2,40})(?:\\s(?:calling|calls?|use|inputs?|mode|content|outputs?|prompts?|messages?|parameter|choice|levels?))?\\s+"
					+ "(?:is|are|was)(?:n't| not| no longer| only| deprecated)"),
			find("\\b([a-z]+_[a-z_]+|temperature|logprobs)\\b"), STREAM);

	/** Parameters by their names in plain words. */
	private static final Map<String, Parameter> PLAIN = Map.ofEntries(Map.entry("tool", Parameter.TOOLS),
			Map.entry("function", Parameter.TOOLS), Map.entry("vision", Parameter.IMAGES),
			Map.entry("multimodal", Parameter.IMAGES), Map.entry("picture", Parameter.IMAGES),
			Map.entry("pictures", Parameter.IMAGES), Map.entry("streaming", Parameter.STREAMING),
			Map.entry("pdf", Parameter.DOCUMENTS), Map.entry("schema", Parameter.SCHEMA),
			Map.entry("structured", Parameter.SCHEMA), Map.entry("json", Parameter.SCHEMA),
			Map.entry("penalty", Parameter.PENALTIES), Map.entry("penalties", Parameter.PENALTIES),
			Map.entry("application", Parameter.DOCUMENTS), Map.entry("stop sequence", Parameter.STOP));

	private ParameterRefusals() {
	}

	private static Pattern find(String words) {
		return Pattern.compile(words, Pattern.CASE_INSENSITIVE);
	}

	/**
	 * The refused part of the request, or {@code null} if none is named.
	 */
	static @Nullable RefusedParameter read(WireError error) {
		String words = error.message().substring(0, Math.min(error.message().length(), WORTH_SEARCHING));
		String said = words.toLowerCase(Locale.ROOT);
		boolean router = (error.status() == 404 || error.status() == 400) && BY_ROUTER.matcher(said).find();
		if (!router && !mayRefuseAPart(error, said)) {
			return null;
		}
		if (FORM.matcher(said).find()) {
			return new RefusedParameter(Parameter.REASONING_EFFORT.word(), Why.FORM, null);
		}
		Why why = router ? Why.PARAMETER : why(error, said);
		if (why == null) {
			return null;
		}
		String named = String.valueOf(error.param()).toLowerCase(Locale.ROOT);
		boolean maxTokens = OF_MAX_TOKENS.matcher(named).find()
				|| (error.param() == null && OF_MAX_TOKENS.matcher(said).find());
		if (maxTokens) {
			return new RefusedParameter(MAX_TOKENS, why, (why == Why.VALUE) ? most(said) : null);
		}
		if (isPrefix(said)) {
			return new RefusedParameter("prefix", why, null);
		}
		Optional<Parameter> parameter = parameter(error.param(), words);
		if (parameter.isPresent()) {
			boolean both = why == Why.COMBINATION && parameter.get() == Parameter.TEMPERATURE && said.contains("top_p");
			boolean never = parameter.get() == Parameter.STREAMING || isKindOfContent(error, parameter.get());
			return new RefusedParameter((both ? Parameter.TOP_P : parameter.get()).word(), never ? Why.PARAMETER : why,
					null);
		}
		if (isRole(error, said)) {
			return new RefusedParameter("role", Why.PARAMETER, null);
		}
		String other = (error.param() != null) ? error.param() : strange(words, why);
		return (other == null) ? null : new RefusedParameter(other, why, null);
	}

	/**
	 * Whether an error of this status may refuse a part of the request. With a 403 that
	 * can only be streaming, which the account may lack the right to.
	 */
	private static boolean mayRefuseAPart(WireError error, String said) {
		boolean stream = "stream".equals(error.param()) || said.contains("verified to stream");
		return switch (error.status()) {
			case 400, 422 -> true;
			case 403 -> stream || STREAM.matcher(said).find();
			default -> stream || error.status() < 300;
		};
	}

	/** The vendor's own name of an option. */
	private static @Nullable String strange(String words, Why why) {
		if (why != Why.PARAMETER) {
			return null;
		}
		return STRANGE.stream()
			.map((pattern) -> pattern.matcher(words))
			.filter(Matcher::find)
			.map((found) -> found.group(1))
			.filter((name) -> !OF_EVERY_REQUEST.contains(name.toLowerCase(Locale.ROOT)))
			.findFirst()
			.orElse(null);
	}

	/** The beginning of the model's own answer. */
	private static boolean isPrefix(String said) {
		return said.contains("prefill") || said.contains("conversation must end with a user message");
	}

	/** Whether a kind of content is refused, such as pictures, whatever the code says. */
	private static boolean isKindOfContent(WireError error, Parameter parameter) {
		return (parameter == Parameter.IMAGES || parameter == Parameter.DOCUMENTS) && error.param() != null
				&& OF_MESSAGE.matcher(error.param()).matches() && error.param().endsWith("type");
	}

	private static boolean isRole(WireError error, String said) {
		boolean named = error.param() != null && error.param().endsWith("role");
		boolean system = said.contains("'system'") || said.contains("'developer'");
		return ((named || said.contains(".role'")) && system) || ROLE.matcher(said).find();
	}

	private static @Nullable Why why(WireError error, String said) {
		String code = String.valueOf(error.code());
		if (COMBINATION.matcher(said).find()) {
			return Why.COMBINATION;
		}
		if (DEFAULT_ONLY.matcher(said).find() || code.equals("unsupported_parameter")
				|| code.equals("unknown_parameter")) {
			return Why.PARAMETER;
		}
		if (code.equals("unsupported_value") || code.equals("invalid_value") || VALUE.matcher(said).find()) {
			return said.contains("verified to stream") ? Why.PARAMETER : Why.VALUE;
		}
		return PARAMETER.matcher(said).find() ? Why.PARAMETER : null;
	}

	private static Optional<Parameter> parameter(@Nullable String param, String words) {
		Optional<Parameter> named = (param == null) ? Optional.empty() : Parameter.named(param);
		if (named.isPresent()) {
			return named;
		}
		Matcher quoted = QUOTED.matcher(words);
		while (quoted.find()) {
			Optional<Parameter> found = Parameter.named(quoted.group(1));
			if (found.isPresent()) {
				return found;
			}
		}
		return NAMED.stream()
			.map((pattern) -> pattern.matcher(words))
			.flatMap((matcher) -> matcher.results().map((found) -> meant(found.group(1))))
			.flatMap(Optional::stream)
			.findFirst();
	}

	private static Optional<Parameter> meant(String word) {
		Parameter plain = PLAIN.get(word.toLowerCase(Locale.ROOT));
		return (plain != null) ? Optional.of(plain) : Parameter.named(word.replace(' ', '_'));
	}

	/** The largest number of tokens that the vendor accepts, by its words. */
	private static @Nullable Integer most(String said) {
		return List
			.of("at most (\\d{1,9})", "\\d+ > (\\d{1,9})", "\\[\\d+,\\s*(\\d{1,9})\\]",
					"less than(?: or equal to)? `?(\\d{1,9})", "<= ?(\\d{1,9})", "max(?:imum)?\\D{1,60}?(\\d{2,9})",
					"up to (\\d{1,9})")
			.stream()
			.map((pattern) -> Pattern.compile(pattern).matcher(said))
			.filter(Matcher::find)
			.map((found) -> Integer.valueOf(found.group(1)))
			.findFirst()
			.orElse(null);
	}

}
