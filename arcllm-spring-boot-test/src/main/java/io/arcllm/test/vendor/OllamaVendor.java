package io.arcllm.test.vendor;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Ollama's chat API.
 */
public final class OllamaVendor implements Vendor {

	private final String name;

	/**
	 * @param name the name of the vendor, such as {@code ollama}
	 */
	public OllamaVendor(String name) {
		this.name = name;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String format() {
		return "ollama";
	}

	@Override
	public String path() {
		return "/api/chat";
	}

	@Override
	public String streamType() {
		return "application/x-ndjson";
	}

	@Override
	public String requestIdHeader() {
		return "x-request-id";
	}

	@Override
	public Question read(JsonNode body) {
		Conversation conversation = Conversation.byRole(body.path("messages"));
		List<Question.Tool> tools = Question.Tool.functions(body.path("tools"));
		JsonNode think = body.path("think");
		boolean thinking = think.isString() || think.asBoolean(false);
		ObjectNode streamed = ((ObjectNode) body).put("stream", body.path("stream").asBoolean(true));
		return conversation.question(streamed, tools, "auto", body.path("format"), body.path("options").path("stop"),
				thinking);
	}

	@Override
	public byte[] whole(Question question, Answer answer, String id) {
		ObjectNode message = message(answer.text());
		if (!answer.thinking().isEmpty()) {
			message.put("thinking", answer.thinking());
		}
		if (!answer.calls().isEmpty()) {
			calls(message, answer);
		}
		return Json.bytes(done(question, answer, message));
	}

	@Override
	public List<byte[]> frames(Question question, Answer answer, String id) {
		List<byte[]> frames = new ArrayList<>();
		for (String piece : Answer.pieces(answer.thinking())) {
			frames.add(Json.line(line(question, message("").put("thinking", piece))));
		}
		for (String piece : Answer.pieces(answer.text())) {
			frames.add(Json.line(line(question, message(piece))));
		}
		if (!answer.calls().isEmpty()) {
			ObjectNode message = message("");
			calls(message, answer);
			frames.add(Json.line(line(question, message)));
		}
		frames.add(Json.line(done(question, answer, message(""))));
		return frames;
	}

	@Override
	public int endFrames(Question question) {
		return 1;
	}

	@Override
	public byte[] error(Fault fault, int retryAfter, String id) {
		return body(switch (fault) {
			case RATE_LIMIT -> "too many requests (simulated)";
			case OVERLOADED, UNAVAILABLE -> "server busy, please try again.  maximum pending requests exceeded";
			case CONTEXT_LENGTH -> "prompt too long; exceeded max context length by 1024 tokens";
			case CONTENT_FILTER -> "the prompt was blocked by a content filter (simulated)";
			default -> "llama runner process has terminated (simulated)";
		});
	}

	@Override
	public byte[] refusal(int status, String message, String id) {
		return body(message);
	}

	private static byte[] body(String message) {
		return Json.bytes(Json.object().put("error", message));
	}

	private static ObjectNode message(String content) {
		return Json.object().put("role", "assistant").put("content", content);
	}

	private static void calls(ObjectNode message, Answer answer) {
		ArrayNode calls = message.putArray("tool_calls");
		for (Answer.Call call : answer.calls()) {
			ObjectNode function = calls.addObject().putObject("function").put("name", call.name());
			function.set("arguments", Json.read(call.arguments()));
		}
	}

	private static ObjectNode line(Question question, ObjectNode message) {
		ObjectNode line = Json.object().put("model", question.model()).put("created_at", Instant.now().toString());
		line.set("message", message);
		return line.put("done", false);
	}

	private static ObjectNode done(Question question, Answer answer, ObjectNode message) {
		return line(question, message).put("done", true)
			.put("done_reason", (answer.stop() == Answer.Stop.LENGTH) ? "length" : "stop")
			.put("total_duration", 1_897_385_625L)
			.put("load_duration", 1_631_208L)
			.put("prompt_eval_count", question.promptTokens())
			.put("prompt_eval_duration", 313_560_000L)
			.put("eval_count", answer.tokens())
			.put("eval_duration", 1_577_990_000L);
	}

}
