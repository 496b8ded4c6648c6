package io.arcllm.test.vendor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * OpenAI's Chat Completions.
 */
public final class OpenAiVendor implements Vendor {

	private final String name;

	private static final Set<String> NO_THINKING = Set.of("", "none", "minimal");

	/**
	 * @param name the name of the vendor, such as {@code openai}
	 */
	public OpenAiVendor(String name) {
		this.name = name;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String format() {
		return "openai";
	}

	@Override
	public String path() {
		return "/v1/chat/completions";
	}

	@Override
	public boolean answers(String path) {
		return path.endsWith("/chat/completions");
	}

	@Override
	public String streamType() {
		return "text/event-stream; charset=utf-8";
	}

	@Override
	public String requestIdHeader() {
		return "x-request-id";
	}

	@Override
	public Question read(JsonNode body) {
		Conversation conversation = Conversation.byRole(body.path("messages"));
		List<Question.Tool> tools = Question.Tool.functions(body.path("tools"));
		JsonNode choice = body.path("tool_choice");
		JsonNode format = body.path("response_format");
		JsonNode schema = switch (format.path("type").asString("text")) {
			case "json_schema" -> format.path("json_schema").path("schema");
			case "json_object" -> format;
			default -> Json.object().path("schema");
		};
		return conversation.question(body, tools,
				choice.isObject() ? choice.path("function").path("name").asString("") : choice.asString("auto"), schema,
				body.path("stop"), !NO_THINKING.contains(body.path("reasoning_effort").asString("")));
	}

	@Override
	public byte[] whole(Question question, Answer answer, String id) {
		ObjectNode body = head(question, id, "chat.completion");
		ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
		ObjectNode message = choice.putObject("message").put("role", "assistant");
		if (answer.calls().isEmpty()) {
			message.put("content", answer.text());
		}
		else {
			message.putNull("content");
			ArrayNode calls = message.putArray("tool_calls");
			answer.calls().forEach((call) -> call(calls.addObject(), call, call.arguments()));
		}
		message.putNull("refusal");
		choice.putNull("logprobs").put("finish_reason", finish(answer));
		body.set("usage", usage(question, answer));
		return Json.bytes(body.put("service_tier", "default"));
	}

	@Override
	public List<byte[]> frames(Question question, Answer answer, String id) {
		List<byte[]> frames = new ArrayList<>();
		ObjectNode first = Json.object().put("role", "assistant");
		frames.add(chunk(question, id, (answer.calls().isEmpty() ? first.put("content", "") : first.putNull("content")),
				null));
		for (String piece : Answer.pieces(answer.text())) {
			frames.add(chunk(question, id, Json.object().put("content", piece), null));
		}
		for (int i = 0; i < answer.calls().size(); i++) {
			Answer.Call call = answer.calls().get(i);
			ObjectNode start = Json.object();
			call(start.putArray("tool_calls").addObject().put("index", i), call, "");
			frames.add(chunk(question, id, start, null));
			for (String piece : Answer.fragments(call.arguments())) {
				ObjectNode delta = Json.object();
				delta.putArray("tool_calls").addObject().put("index", i).putObject("function").put("arguments", piece);
				frames.add(chunk(question, id, delta, null));
			}
		}
		frames.add(chunk(question, id, Json.object(), finish(answer)));
		if (question.includeUsage()) {
			ObjectNode last = head(question, id, "chat.completion.chunk");
			last.putArray("choices");
			last.set("usage", usage(question, answer));
			frames.add(Json.event("", last));
		}
		frames.add("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
		return frames;
	}

	@Override
	public int endFrames(Question question) {
		return question.includeUsage() ? 3 : 2;
	}

	@Override
	public int markerFrames() {
		return 1;
	}

	@Override
	public byte[] error(Fault fault, int retryAfter, String id) {
		return switch (fault) {
			case RATE_LIMIT -> body("Rate limit reached (simulated). Please try again in " + retryAfter + "s.",
					"requests", "rate_limit_exceeded");
			case OVERLOADED, UNAVAILABLE ->
				body("The engine is currently overloaded, please try again later (simulated)", "server_error", null);
			case CONTEXT_LENGTH -> body(
					"This model's maximum context length is 128000 tokens. However, your messages"
							+ " resulted in 250000 tokens. Please reduce the length of the messages.",
					"invalid_request_error", "context_length_exceeded");
			case CONTENT_FILTER ->
				body("The response was filtered due to the prompt triggering the content management policy"
						+ " (simulated)", "invalid_request_error", "content_filter");
			default -> body("The server had an error while processing your request (simulated)", "server_error", null);
		};
	}

	@Override
	public byte[] refusal(int status, String message, String id) {
		return body(message, "invalid_request_error", null);
	}

	private static byte[] body(String message, String type, @Nullable String code) {
		ObjectNode body = Json.object();
		body.putObject("error").put("message", message).put("type", type).putNull("param").put("code", code);
		return Json.bytes(body);
	}

	private static ObjectNode head(Question question, String id, String object) {
		return Json.object()
			.put("id", "chatcmpl-" + id)
			.put("object", object)
			.put("created", System.currentTimeMillis() / 1000)
			.put("model", question.model());
	}

	private static byte[] chunk(Question question, String id, ObjectNode delta, @Nullable String finish) {
		ObjectNode chunk = head(question, id, "chat.completion.chunk");
		ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
		choice.set("delta", delta);
		choice.putNull("logprobs").put("finish_reason", finish);
		return Json.event("", question.includeUsage() ? chunk.putNull("usage") : chunk);
	}

	private static void call(ObjectNode node, Answer.Call call, String arguments) {
		node.put("id", "call_" + call.id()).put("type", "function");
		node.putObject("function").put("name", call.name()).put("arguments", arguments);
	}

	private static String finish(Answer answer) {
		return switch (answer.stop()) {
			case END, SEQUENCE -> "stop";
			case TOOLS -> "tool_calls";
			case LENGTH -> "length";
		};
	}

	private static ObjectNode usage(Question question, Answer answer) {
		ObjectNode usage = Json.object()
			.put("prompt_tokens", question.promptTokens())
			.put("completion_tokens", answer.tokens())
			.put("total_tokens", question.promptTokens() + answer.tokens());
		usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
		usage.putObject("completion_tokens_details").put("reasoning_tokens", answer.thinkingTokens());
		return usage;
	}

}
