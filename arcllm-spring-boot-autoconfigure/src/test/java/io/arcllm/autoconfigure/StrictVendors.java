package io.arcllm.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fifteen vendors on one server, each of which refuses what the real one does. The first
 * part of the path is the vendor's preset.
 */
final class StrictVendors extends Dispatcher {

	/** By preset, the model that is asked. */
	static final Map<String, String> MODELS = models();

	/** The same with models that want to be asked in another way. */
	static final Map<String, String> OTHER_MODELS = otherModels();

	private static final JsonMapper JSON = JsonMapper.shared();

	/** The vendor that is overloaded. */
	volatile String down = "";

	private static Map<String, String> models() {
		Map<String, String> models = new LinkedHashMap<>();
		models.put("anthropic", "claude-sonnet-4-5");
		models.put("openai", "gpt-5-mini");
		models.put("ollama", "llama3.2");
		models.put("deepseek", "deepseek-v4-pro");
		models.put("mistral", "mistral-small-latest");
		models.put("groq", "llama-3.3-70b-versatile");
		models.put("together", "Qwen/Qwen3-235B");
		models.put("fireworks", "accounts/fireworks/models/kimi-k2");
		models.put("huggingface", "openai/gpt-oss-120b");
		models.put("huggingface-tgi", "tgi");
		models.put("vllm", "house-7b");
		models.put("openrouter", "google/gemini-3-pro");
		models.put("gemini", "gemini-3-flash");
		models.put("xai", "grok-4");
		models.put("azure-openai", "gpt-5");
		return models;
	}

	private static Map<String, String> otherModels() {
		Map<String, String> models = models();
		models.put("anthropic", "claude-opus-4-7");
		models.put("openai", "o3");
		models.put("ollama", "gpt-oss:20b");
		models.put("mistral", "magistral-medium-latest");
		models.put("openrouter", "deepseek/deepseek-v4-pro");
		models.put("gemini", "gemini-2.5-flash");
		models.put("azure-openai", "gpt-5.1");
		models.put("xai", "grok-3-mini");
		return models;
	}

	@Override
	public MockResponse dispatch(RecordedRequest request) {
		String vendor = request.getUrl().pathSegments().get(0);
		if (vendor.equals(this.down)) {
			return Vendors.json(503, "{\"error\":{\"message\":\"overloaded\"}}").build();
		}
		JsonNode body = JSON.readTree(request.getBody().string(StandardCharsets.UTF_8));
		String mistake = switch (vendor) {
			case "anthropic" -> anthropic(body);
			case "ollama" -> ollama(body);
			default -> openai(vendor, body);
		};
		if (mistake != null) {
			return Vendors.json(400, "{\"error\":{\"message\":\"strict: " + mistake + "\"}}").build();
		}
		return answer(vendor, body.path("stream").booleanValue(false));
	}

	private static @Nullable String openai(String vendor, JsonNode body) {
		if (body.has("tool_choice") && !body.has("tools")) {
			return "tool choice without tools";
		}
		if (vendor.equals("deepseek") && body.at("/response_format/type").asString("").equals("json_schema")) {
			return "schema";
		}
		if ((vendor.equals("openai") || vendor.equals("azure-openai"))
				&& (has(body, "top_p", "stop", "max_tokens", "presence_penalty")
						|| body.path("temperature").doubleValue(1) != 1 || isLooseStrict(body))) {
			return "not for a reasoning model";
		}
		String effort = body.path("reasoning_effort").asString("");
		boolean takesEffort = !List.of("groq", "mistral", "xai").contains(vendor)
				|| (body.get("model").asString().equals("grok-3-mini") && List.of("low", "high").contains(effort));
		if (!effort.isEmpty() && !takesEffort) {
			return "effort";
		}
		if (vendor.equals("xai") && body.has("stop")) {
			return "stop";
		}
		String before = "";
		for (JsonNode message : body.get("messages")) {
			String mistake = message(vendor, message, body, before);
			if (mistake != null) {
				return mistake;
			}
			before = message.get("role").asString();
		}
		return null;
	}

	private static @Nullable String message(String vendor, JsonNode message, JsonNode body, String before) {
		if (vendor.equals("mistral") && before.equals("tool") && message.get("role").asString().equals("user")) {
			return "user after tool";
		}
		if (message.has("tool_call_id") && !isId(vendor, message.get("tool_call_id").asString())) {
			return "id of a result";
		}
		JsonNode calls = message.path("tool_calls");
		if (calls.isEmpty()) {
			return null;
		}
		for (JsonNode call : calls) {
			if (!isId(vendor, call.get("id").asString())) {
				return "id of a call";
			}
		}
		if (vendor.equals("deepseek") && !message.has("reasoning_content")
				&& !body.at("/thinking/type").asString("").equals("disabled")) {
			return "thoughts of a call";
		}
		if (vendor.equals("openrouter") && message.path("reasoning_details").isEmpty()) {
			return "reasoning details";
		}
		boolean wantsSignature = vendor.equals("gemini") && body.get("model").asString().contains("gemini-3");
		boolean signed = calls.get(0).at("/extra_content/google/thought_signature").isString();
		return (wantsSignature && !signed) ? "signature" : null;
	}

	private static boolean isId(String vendor, String id) {
		return switch (vendor) {
			case "mistral" -> id.matches("[a-zA-Z0-9]{9}");
			case "openai", "azure-openai" -> id.length() <= 40;
			case "anthropic" -> id.matches("[a-zA-Z0-9_-]+");
			default -> true;
		};
	}

	private static boolean isLooseStrict(JsonNode body) {
		for (JsonNode tool : body.path("tools")) {
			JsonNode function = tool.get("function");
			if (function.path("strict").booleanValue(false)
					&& function.at("/parameters/additionalProperties").booleanValue(true)) {
				return true;
			}
		}
		return false;
	}

	private static boolean has(JsonNode body, String... names) {
		for (String name : names) {
			if (body.has(name)) {
				return true;
			}
		}
		return false;
	}

	/** What Claude refuses since 4.7. */
	private static @Nullable String anthropicSince47(JsonNode body) {
		if (has(body, "temperature", "top_p", "top_k")) {
			return "`temperature` is deprecated for this model";
		}
		if (body.at("/thinking/type").asString("").equals("enabled")) {
			return "thinking by a budget";
		}
		JsonNode messages = body.get("messages");
		return messages.get(messages.size() - 1).get("role").asString().equals("assistant") ? "prefill" : null;
	}

	private static @Nullable String anthropic(JsonNode body) {
		String mistake = body.get("model").asString().endsWith("4-7") ? anthropicSince47(body) : null;
		if (mistake != null) {
			return mistake;
		}
		boolean thinks = body.at("/thinking/type").asString("").equals("enabled");
		if (body.has("temperature") && (body.has("top_p") || thinks || body.get("temperature").doubleValue() > 1)) {
			return "temperature";
		}
		if (body.path("stop_sequences").valueStream().anyMatch((stop) -> stop.asString().isBlank())) {
			return "blank stop";
		}
		String choice = body.at("/tool_choice/type").asString("auto");
		if (thinks && (choice.equals("any") || choice.equals("tool"))) {
			return "thinking with a forced tool";
		}
		for (JsonNode message : body.get("messages")) {
			JsonNode content = message.get("content");
			for (JsonNode block : content) {
				String id = block.path("id").asString(block.path("tool_use_id").asString("x"));
				if (!isId("anthropic", id)) {
					return "id";
				}
				if (block.get("type").asString().equals("tool_use") && thinks
						&& !content.get(0).get("type").asString().contains("thinking")) {
					return "thoughts before a call";
				}
				if (block.has("signature") && !block.get("signature").asString().equals("anthropic")) {
					return "foreign signature";
				}
			}
		}
		return null;
	}

	private static @Nullable String ollama(JsonNode body) {
		String level = body.path("think").isString() ? body.get("think").asString() : "";
		boolean levels = body.get("model").asString().startsWith("gpt-oss");
		boolean fits = levels ? List.of("low", "medium", "high").contains(level) : level.isEmpty();
		return (body.has("think") && !(fits && levels)) ? "thinking" : null;
	}

	private static MockResponse answer(String vendor, boolean streamed) {
		if (vendor.equals("ollama")) {
			return Vendors
				.json(200,
						"{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"from ollama\"},"
								+ "\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":1,\"eval_count\":1}\n")
				.build();
		}
		if (!vendor.equals("anthropic")) {
			return Vendors.says("from " + vendor, streamed);
		}
		if (!streamed) {
			return Vendors.json(200,
					"{\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":\"text\","
							+ "\"text\":\"from anthropic\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,"
							+ "\"output_tokens\":1}}")
				.build();
		}
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream").body("""
				data: {"type":"message_start","message":{"model":"m","usage":{"input_tokens":1}}}

				data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

				data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"from anthropic"}}

				data: {"type":"content_block_stop","index":0}

				data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}

				data: {"type":"message_stop"}

				""").build();
	}

}
