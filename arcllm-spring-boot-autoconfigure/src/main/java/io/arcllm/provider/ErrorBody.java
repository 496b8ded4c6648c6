package io.arcllm.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

import org.springframework.http.HttpHeaders;

/**
 * What an error body says, whatever shape its vendor gave it. What is no JSON is taken as
 * words.
 *
 * @param root the whole body, or the missing node
 * @param error the part that tells of the error
 * @param message the vendor's words on one line, never longer than what is worth reading
 */
record ErrorBody(JsonNode root, JsonNode error, String message) {

	private static final int WORTH_READING = 4000;

	private static final int DEEPEST = 4;

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final Pattern SSE_DATA = Pattern.compile("(?m)^(?:data|error):[ ]?(\\{.*)$");

	private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]{0,200}>(.{1,300}?)</title>");

	static ErrorBody parse(String text) {
		JsonNode root = tree(text.strip());
		if (root.isMissingNode()) {
			return new ErrorBody(root, root, oneLine(plain(text)));
		}
		JsonNode error = errorIn(root, 0);
		return new ErrorBody(root, error, oneLine(words(root, error)));
	}

	/** The status that the error itself names, if that is one. */
	@Nullable Integer status() {
		return Stream.of(this.error, this.root)
			.flatMap((node) -> Stream.of("status_code", "statusCode", "code", "status", "http_status"))
			.map((name) -> statusOf(first(name)))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	/** The most telling code: an inner one before an outer one, never a bare status. */
	@Nullable String code(HttpHeaders headers, int status) {
		return Stream.of(text(this.error.at("/innererror/code")), reason(), text(this.error.path("code")),
				text(this.root.path("code")), text(this.root.path("error_code")), text(this.root.path("error_type")),
				text(this.root.path("errorCode")), headers.getFirst("x-amzn-errortype"))
			.filter((code) -> code != null && !code.isBlank() && statusOf(code) == null)
			.findFirst()
			.orElse(null);
	}

	/** The type, such as {@code invalid_request_error} or {@code RESOURCE_EXHAUSTED}. */
	@Nullable String type() {
		return Stream
			.of(text(this.error.path("type")), text(this.error.path("status")), text(this.error.path("__type")),
					text(this.error.path("title")), text(this.root.path("type")))
			.filter((type) -> type != null && !type.isBlank() && statusOf(type) == null && !"error".equals(type))
			.findFirst()
			.orElse(null);
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
			return MissingNode.getInstance();
		}
	}

	private static JsonNode errorIn(JsonNode node, int depth) {
		if (depth >= DEEPEST) {
			return node;
		}
		if (node.isArray()) {
			return node.isEmpty() ? node : errorIn(node.get(0), depth + 1);
		}
		for (String name : List.of("error", "errors", "response", "detail")) {
			JsonNode inner = node.path(name);
			boolean telling = inner.isObject() || (inner.isArray() && inner.path(0).isObject());
			if (telling && !(inner.isArray() && name.equals("detail"))) {
				return errorIn(inner, depth + 1);
			}
		}
		return node;
	}

	private static String words(JsonNode root, JsonNode error) {
		List<String> found = new ArrayList<>();
		for (JsonNode node : List.of(error, root)) {
			for (String name : List.of("message", "Message", "error", "detail", "errors", "error_message", "msg",
					"title")) {
				if (found.isEmpty()) {
					say(node.path(name), found);
				}
			}
		}
		if (found.isEmpty() && error.isString()) {
			found.add(error.asString());
		}
		say(error.at("/metadata/raw"), found);
		return String.join("; ", found);
	}

	private static void say(JsonNode node, List<String> words) {
		if (node.isString() && !node.asString().isBlank()) {
			words.add(node.asString());
		}
		else if (node.isArray()) {
			node.forEach((each) -> say(each.isObject() ? firstOf(each, "msg", "message", "detail") : each, words));
		}
		else if (node.isObject()) {
			say(firstOf(node, "message", "detail", "error"), words);
		}
	}

	private static JsonNode firstOf(JsonNode node, String... names) {
		return Stream.of(names)
			.map(node::path)
			.filter(JsonNode::isString)
			.findFirst()
			.orElse(MissingNode.getInstance());
	}

	private static String plain(String text) {
		Matcher title = TITLE.matcher(text.substring(0, Math.min(text.length(), WORTH_READING)));
		if (title.find()) {
			return title.group(1);
		}
		return text.stripLeading().startsWith("<") ? cut(text).replaceAll("<[^>]{0,500}>", " ") : text;
	}

	private static String oneLine(String text) {
		return cut(text).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
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
