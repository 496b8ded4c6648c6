package io.arcllm.provider.error;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.arcllm.PrintableText;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

import org.springframework.http.HttpHeaders;

/**
 * The fields of an error body, in any vendor's form. A body that is no JSON is read as
 * text.
 *
 * @param root the whole body, or the missing node
 * @param error the part that describes the error
 * @param message the vendor's words on one line, cut to the part that is used
 */
record ErrorBody(JsonNode root, JsonNode error, String message) {

	private static final int WORTH_READING = 4000;

	private static final int DEEPEST = 4;

	/** Fields that may have the words; never {@code input}, which repeats the request. */
	private static final List<String> WORDS = List.of("message", "Message", "msg", "error", "detail", "errors",
			"error_message", "error_description", "status_msg", "title", "description");

	/** The most tokens of a tree, which takes many times the memory of its text. */
	private static final int MOST_TOKENS = 100_000;

	private static final JsonMapper JSON = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
			.build())
		.build();

	private static final Pattern SSE_DATA = Pattern.compile("(?m)^(?:data|error):[ ]?(\\{.*)$");

	/** Text may begin with a brace, too, for example to name a field. */
	private static final Pattern OBJECT = Pattern.compile("\\{\\s*[\"}]");

	private static final Pattern CODE = Pattern.compile("[a-zA-Z]+(?:_[a-zA-Z]+)+");

	private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]{0,200}>(.{1,300}?)</title>");

	static ErrorBody parse(String text) {
		String stripped = withoutMark(text);
		JsonNode root = tree(stripped);
		if (root.isMissingNode()) {
			// broken JSON may repeat the request anywhere
			boolean words = !stripped.startsWith("{") && !stripped.startsWith("[");
			return new ErrorBody(root, root, words ? oneLine(plain(stripped)) : "");
		}
		JsonNode error = errorIn(root, 0);
		return new ErrorBody(root, error, oneLine(words(root, error)));
	}

	/** Without the byte order mark that some vendors write. */
	private static String withoutMark(String text) {
		return (text.startsWith("\ufeff") ? text.substring(1) : text).strip();
	}

	/** The status that the error itself names, if it is a valid one. */
	@Nullable Integer status() {
		return Stream.of(this.error, this.root)
			.flatMap((node) -> Stream.of("status_code", "statusCode", "code", "status", "http_status", "StatusCode",
					"raw_status_code"))
			.map((name) -> statusOf(first(name)))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	/** The most specific code: an inner one before an outer one, never only a status. */
	@Nullable String code(HttpHeaders headers) {
		return telling(text(this.error.at("/innererror/code")), reason(), text(this.error.path("code")),
				text(this.root.path("code")), text(this.error.path("error_code")), text(this.error.path("error_type")),
				text(this.error.path("errorCode")), bareCode(),
				isBaseResponse() ? text(this.error.path("status_code")) : null,
				text(this.error.at("/metadata/error_type")), headers.getFirst("x-amzn-errortype"));
	}

	/** Some vendors write the code in place of the error. */
	private @Nullable String bareCode() {
		String said = text(this.root.path("error"));
		return (said != null && CODE.matcher(said).matches()) ? said : null;
	}

	/** The type, such as {@code invalid_request_error} or {@code RESOURCE_EXHAUSTED}. */
	@Nullable String type() {
		return telling(isBaseResponse() ? "base_resp." + text(this.error.path("status_code")) : null,
				text(this.error.path("type")), text(this.error.path("status")), text(this.error.path("__type")),
				text(this.error.path("title")), text(this.root.path("type")));
	}

	/** MiniMax answers with status 200 and its own code. */
	private boolean isBaseResponse() {
		return this.root.path("base_resp") == this.error && this.error.isObject();
	}

	private static @Nullable String telling(@Nullable String... codes) {
		return Stream.of(codes)
			.filter(Objects::nonNull)
			// com.amazonaws.x#ThrottlingException:http://...
			.map((code) -> code.substring(code.indexOf('#') + 1).split(":http", 2)[0].strip())
			.filter((code) -> !code.isEmpty() && statusOf(code) == null && !"error".equals(code))
			.findFirst()
			.orElse(null);
	}

	/** The part of the request that is refused, such as {@code temperature}. */
	@Nullable String param() {
		String param = text(first("param"));
		JsonNode place = this.root.findValue("loc");
		if (param != null || place == null || !place.isArray()) {
			return param;
		}
		return place.valueStream()
			.map(JsonNode::asString)
			.filter((part) -> !part.equals("body"))
			.collect(Collectors.joining("."));
	}

	/** The vendor's id for the request. */
	@Nullable String requestId() {
		return Stream.of("request_id", "requestId")
			.map((name) -> text(first(name)))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	private JsonNode first(String name) {
		JsonNode inner = this.error.path(name);
		return inner.isMissingNode() ? this.root.path(name) : inner;
	}

	private @Nullable String reason() {
		for (JsonNode detail : this.error.path("details")) {
			String reason = text(detail.path("reason"));
			if (reason != null) {
				return reason;
			}
		}
		return null;
	}

	private static JsonNode tree(String text) {
		String json = text;
		if (!text.startsWith("{") && !text.startsWith("[") && !text.startsWith("\"")) {
			Matcher data = SSE_DATA.matcher(text);
			json = data.results().reduce((earlier, later) -> later).map((found) -> found.group(1)).orElse("");
		}
		try {
			return json.isEmpty() ? MissingNode.getInstance() : JSON.readTree(json);
		}
		catch (JacksonException ex) {
			return BrokenJson.read(JSON, json);
		}
	}

	private static JsonNode errorIn(JsonNode node, int depth) {
		if (depth >= DEEPEST) {
			return node;
		}
		if (node.isArray()) {
			return node.isEmpty() ? node : errorIn(node.get(0), depth + 1);
		}
		for (String name : List.of("error", "errors", "response", "detail", "base_resp")) {
			JsonNode inner = node.path(name);
			boolean telling = inner.isObject() || (inner.isArray() && inner.path(0).isObject());
			if (telling && !(inner.isArray() && name.equals("detail"))) {
				return errorIn(inner, depth + 1);
			}
		}
		// OpenRouter reports the failure of a choice inside it
		JsonNode ofChoice = node.at("/choices/0/error");
		return ofChoice.isObject() ? errorIn(ofChoice, depth + 1) : node;
	}

	private static String words(JsonNode root, JsonNode error) {
		Set<String> found = new LinkedHashSet<>();
		for (JsonNode node : List.of(error, root)) {
			for (String name : WORDS) {
				if (found.isEmpty()) {
					say(node.path(name), found, 0);
				}
			}
		}
		if (found.isEmpty()) {
			say(error, found, DEEPEST - 1);
		}
		say(error.at("/metadata/raw"), found, 0);
		error.at("/metadata/previous_errors").forEach((previous) -> say(previous.path("message"), found, 0));
		return String.join("; ", found);
	}

	private static void say(JsonNode node, Set<String> words, int depth) {
		if (depth >= DEEPEST) {
			return;
		}
		if (node.isString()) {
			// some gateways pass on their vendor's JSON as text
			if (OBJECT.matcher(node.asString()).lookingAt()) {
				say(tree(node.asString()), words, depth + 1);
			}
			else if (!node.asString().isBlank()) {
				words.add(node.asString());
			}
		}
		else if (node.isArray()) {
			node.forEach((each) -> say(each, words, depth + 1));
		}
		else if (node.isObject()) {
			WORDS.stream()
				.map(node::path)
				.filter((each) -> !each.isMissingNode())
				.findFirst()
				.ifPresent((each) -> say(each, words, depth + 1));
		}
	}

	private static String plain(String text) {
		Matcher title = TITLE.matcher(text.substring(0, Math.min(text.length(), WORTH_READING)));
		if (title.find()) {
			return title.group(1);
		}
		return text.stripLeading().startsWith("<") ? cut(text).replaceAll("<[^>]{0,500}>", " ") : text;
	}

	private static String oneLine(String text) {
		return PrintableText.clean(cut(text), WORTH_READING);
	}

	private static String cut(String text) {
		return (text.length() <= WORTH_READING) ? text : text.substring(0, WORTH_READING);
	}

	private static @Nullable String text(JsonNode node) {
		return (node.isString() || node.isIntegralNumber()) ? node.asString() : null;
	}

	private static @Nullable Integer statusOf(JsonNode node) {
		String text = text(node);
		return (text == null) ? null : statusOf(text);
	}

	private static @Nullable Integer statusOf(String text) {
		return (text.length() == 3 && text.matches("[45]\\d\\d")) ? Integer.valueOf(text) : null;
	}

}
