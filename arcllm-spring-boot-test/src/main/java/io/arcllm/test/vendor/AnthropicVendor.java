package io.arcllm.test.vendor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Anthropic's Messages API.
 */
public final class AnthropicVendor implements Vendor {

	private final String name;

	/**
	 * @param name the name of the vendor, such as {@code anthropic}
	 */
	public AnthropicVendor(String name) {
		this.name = name;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String format() {
		return "anthropic";
	}

	@Override
	public String path() {
		return "/v1/messages";
	}

	@Override
	public String streamType() {
		return "text/event-stream; charset=utf-8";
	}

	@Override
	public String requestIdHeader() {
		return "request-id";
	}

	@Override
	public Question read(JsonNode body) {
		Conversation conversation = new Conversation();
		for (JsonNode message : body.path("messages")) {
			JsonNode content = message.path("content");
			for (JsonNode block : content) {
				if (block.path("type").asString("").equals("tool_result")) {
					conversation.toolResult(Json.words(block.path("content")));
				}
			}
			conversation.said(message.path("role").asString(""), Json.words(content));
		}
		List<Question.Tool> tools = new ArrayList<>();
		for (JsonNode tool : body.path("tools")) {
			tools.add(new Question.Tool(tool.path("name").asString(""), tool.path("description").asString(""),
					tool.path("input_schema")));
		}
		JsonNode choice = body.path("tool_choice");
		JsonNode schema = body.path("output_config").path("format").path("schema");
		return conversation.question(body, tools, switch (choice.path("type").asString("auto")) {
			case "any" -> "required";
			case "tool" -> choice.path("name").asString("");
			default -> choice.path("type").asString("auto");
		}, schema.isMissingNode() ? body.path("output_format").path("schema") : schema, body.path("stop_sequences"),
				body.path("thinking").path("type").asString("disabled").equals("enabled")
						|| body.path("thinking").path("type").asString("").equals("adaptive"));
	}

	@Override
	public byte[] whole(Question question, Answer answer, String id) {
		ObjectNode message = message(question, id);
		ArrayNode content = message.withArray("content");
		for (Block block : blocks(answer)) {
			content.add(block.whole());
		}
		stop(message, answer, question);
		message.set("usage", usage(question, answer.tokens()));
		return Json.bytes(message);
	}

	@Override
	public List<byte[]> frames(Question question, Answer answer, String id) {
		List<byte[]> frames = new ArrayList<>();
		ObjectNode message = message(question, id);
		message.putNull("stop_reason").putNull("stop_sequence").set("usage", usage(question, 1));
		frames.add(event("message_start", (data) -> data.set("message", message)));
		frames.add(event("ping", (data) -> {
		}));
		List<Block> blocks = blocks(answer);
		for (int i = 0; i < blocks.size(); i++) {
			int index = i;
			Block block = blocks.get(i);
			frames.add(event("content_block_start",
					(data) -> data.put("index", index).set("content_block", block.start())));
			for (ObjectNode delta : block.deltas()) {
				frames.add(event("content_block_delta", (data) -> data.put("index", index).set("delta", delta)));
			}
			frames.add(event("content_block_stop", (data) -> data.put("index", index)));
		}
		frames.add(event("message_delta", (data) -> {
			stop(data.putObject("delta"), answer, question);
			data.set("usage", usage(question, answer.tokens()));
		}));
		frames.add(event("message_stop", (data) -> {
		}));
		return frames;
	}

	@Override
	public int endFrames(Question question) {
		return 2;
	}

	@Override
	public byte[] error(Fault fault, int retryAfter, String id) {
		return switch (fault) {
			case RATE_LIMIT -> body("rate_limit_error", "This request would exceed your rate limit (simulated)", id);
			case OVERLOADED, UNAVAILABLE -> body("overloaded_error", "Overloaded (simulated)", id);
			case CONTEXT_LENGTH ->
				body("invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum", id);
			case CONTENT_FILTER -> body("invalid_request_error", "Output blocked by content filtering policy", id);
			default -> body("api_error", "Internal server error (simulated)", id);
		};
	}

	@Override
	public byte[] refusal(int status, String message, String id) {
		return body((status == 404) ? "not_found_error" : "invalid_request_error", message, id);
	}

	private static byte[] body(String type, String message, String id) {
		ObjectNode body = Json.object().put("type", "error");
		body.putObject("error").put("type", type).put("message", message);
		return Json.bytes(body.put("request_id", id));
	}

	private static ObjectNode message(Question question, String id) {
		ObjectNode message = Json.object()
			.put("model", question.model())
			.put("id", "msg_" + id)
			.put("type", "message")
			.put("role", "assistant");
		message.putArray("content");
		return message;
	}

	private static void stop(ObjectNode node, Answer answer, Question question) {
		node.put("stop_reason", switch (answer.stop()) {
			case END -> "end_turn";
			case TOOLS -> "tool_use";
			case LENGTH -> "max_tokens";
			case SEQUENCE -> "stop_sequence";
		});
		if (answer.stop() == Answer.Stop.SEQUENCE) {
			node.put("stop_sequence", question.stop().get(0));
		}
		else {
			node.putNull("stop_sequence");
		}
	}

	private static ObjectNode usage(Question question, int output) {
		return Json.object()
			.put("input_tokens", question.promptTokens())
			.put("cache_creation_input_tokens", 0)
			.put("cache_read_input_tokens", 0)
			.put("output_tokens", output);
	}

	private static byte[] event(String type, Consumer<ObjectNode> fields) {
		ObjectNode data = Json.object().put("type", type);
		fields.accept(data);
		return Json.event(type, data);
	}

	private static List<Block> blocks(Answer answer) {
		List<Block> blocks = new ArrayList<>();
		if (!answer.thinking().isEmpty()) {
			blocks.add(new Block("thinking", answer.thinking(), null));
		}
		if (!answer.text().isEmpty() || answer.calls().isEmpty()) {
			blocks.add(new Block("text", answer.text(), null));
		}
		answer.calls().forEach((call) -> blocks.add(new Block("tool_use", call.arguments(), call)));
		return blocks;
	}

	/**
	 * A part of an answer.
	 */
	private record Block(String type, String content, Answer.@Nullable Call call) {

		ObjectNode start() {
			ObjectNode block = Json.object().put("type", this.type);
			if (this.call != null) {
				block.put("id", "toolu_" + this.call.id()).put("name", this.call.name()).putObject("input");
				return block;
			}
			return this.type.equals("thinking") ? block.put("thinking", "").put("signature", "")
					: block.put("text", "");
		}

		ObjectNode whole() {
			ObjectNode block = start();
			if (this.call != null) {
				block.set("input", Json.read(this.content));
				return block;
			}
			return this.type.equals("thinking") ? block.put("thinking", this.content).put("signature", "simulated")
					: block.put("text", this.content);
		}

		List<ObjectNode> deltas() {
			List<ObjectNode> deltas = new ArrayList<>();
			if (this.call != null) {
				Answer.fragments(this.content)
					.forEach((piece) -> deltas.add(delta("input_json_delta").put("partial_json", piece)));
				return deltas;
			}
			Answer.pieces(this.content)
				.forEach((piece) -> deltas.add(delta(this.type + "_delta").put(this.type, piece)));
			if (this.type.equals("thinking")) {
				deltas.add(delta("signature_delta").put("signature", "simulated"));
			}
			return deltas;
		}

		private static ObjectNode delta(String type) {
			return Json.object().put("type", type);
		}

	}

}
