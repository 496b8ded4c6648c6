package io.arcllm.provider;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.WholeAndStreamed;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.http.StreamedAnswer;
import io.arcllm.provider.openai.OpenAiFormat;
import io.arcllm.provider.openai.OpenAiQuirk;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Turns of random blocks go back as they came: seeded, whole and streamed.
 */
class RoundTripTests {

	private static final int TURNS = 300;

	private static final WireFormat ANTHROPIC = new AnthropicFormat("acme");

	private static final WireFormat OPENROUTER = new OpenAiFormat("acme", Set.of(OpenAiQuirk.REASONING_DETAILS));

	private static String block(Random random, int number) {
		return switch (random.nextInt(7)) {
			case 0 -> "{\"type\":\"thinking\",\"thinking\":\"t" + number + "\",\"signature\":\"s" + number + "\"}";
			case 1 -> "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"s" + number + "\"}";
			case 2 -> "{\"type\":\"redacted_thinking\",\"data\":\"d" + number + "\"}";
			case 3 -> "{\"type\":\"text\",\"text\":\"w" + number + "\"}";
			case 4 -> "{\"type\":\"tool_use\",\"id\":\"toolu_" + number + "\",\"name\":\"f\",\"input\":{\"n\":" + number
					+ ".50}}";
			case 5 ->
				"{\"type\":\"server_tool_use\",\"id\":\"srv_" + number + "\",\"name\":\"web\",\"input\":{\"q\":1.50}}";
			default -> "{\"type\":\"new_block_" + number + "\",\"content\":[{\"n\":1E+2,\"s\":\"\\u00e9\\/\"}]}";
		};
	}

	private static String delta(int index, String delta) {
		return "data: {\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":" + delta + "}\n\n";
	}

	/** The events of a block; what may come in pieces does. */
	private static String events(int index, String block, Random random) {
		JsonNode json = JsonMapper.shared().readTree(block);
		String start = block;
		String pieces = "";
		switch (json.path("type").asString()) {
			case "thinking" -> {
				start = "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}";
				String words = json.path("thinking").asString();
				pieces = (words.isEmpty() ? ""
						: delta(index, "{\"type\":\"thinking_delta\",\"thinking\":\"" + words + "\"}"))
						+ delta(index, "{\"type\":\"signature_delta\",\"signature\":\""
								+ json.path("signature").asString() + "\"}");
			}
			case "text" -> {
				start = "{\"type\":\"text\",\"text\":\"\"}";
				for (char c : json.path("text").asString().toCharArray()) {
					pieces += delta(index, "{\"type\":\"text_delta\",\"text\":\"" + c + "\"}");
				}
			}
			case "tool_use" -> {
				String input = block.substring(block.indexOf("\"input\":") + 8, block.length() - 1);
				start = block.replace(input, "{}");
				int cut = 1 + random.nextInt(input.length() - 1);
				pieces = delta(index, json(input.substring(0, cut))) + delta(index, json(input.substring(cut)));
			}
			default -> {
			}
		}
		return "data: {\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + start + "}\n\n"
				+ pieces + "data: {\"type\":\"content_block_stop\",\"index\":" + index + "}\n\n";
	}

	private static String json(String piece) {
		return "{\"type\":\"input_json_delta\",\"partial_json\":\"" + piece.replace("\"", "\\\"") + "\"}";
	}

	private static LlmResponse streamed(WireFormat format, String body, Random random) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		int[] cuts = random.ints(8, 1, bytes.length).sorted().toArray();
		StreamedAnswer answer = StreamedAnswer.read(format, bytes, cuts);
		assertThat(answer.failure()).as(body).isNull();
		return answer.last().answer();
	}

	private static LlmResponse whole(WireFormat format, String body) {
		return format.decoder(StreamedAnswer.context()).whole(body.getBytes(StandardCharsets.UTF_8));
	}

	private static String sentAgain(WireFormat format, LlmResponse answer) {
		LlmRequest next = LlmRequest.of(List.of(Message.user("Hi"), answer.toMessage(), Message.user("So?")))
			.withModel("m");
		return new String(format.encode(next), StandardCharsets.UTF_8);
	}

	@WholeAndStreamed
	void blocksGoBackAsTheyCame(boolean streaming) {
		Random random = new Random(12);
		for (int turn = 0; turn < TURNS; turn++) {
			List<String> blocks = new ArrayList<>();
			IntStream.range(0, 1 + random.nextInt(9)).forEach((i) -> blocks.add(block(random, i)));
			StringBuilder events = new StringBuilder(
					"data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n");
			for (int i = 0; i < blocks.size(); i++) {
				events.append(events(i, blocks.get(i), random));
			}
			events.append("data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n")
				.append("data: {\"type\":\"message_stop\"}\n\n");
			String content = "[" + String.join(",", blocks) + "]";
			LlmResponse answer = streaming ? streamed(ANTHROPIC, events.toString(), random)
					: whole(ANTHROPIC, "{\"content\":" + content + ",\"stop_reason\":\"end_turn\"}");
			assertThat(sentAgain(ANTHROPIC, answer)).contains("{\"role\":\"assistant\",\"content\":" + content + "}");
		}
	}

	private static String detail(Random random, int number) {
		return switch (random.nextInt(4)) {
			case 0 -> "{\"type\": \"reasoning.text\",\"text\":\"t" + number + "\",\"signature\":\"s\\/\",\"index\":"
					+ number + ",\"n\":1.50}";
			case 1 ->
				"{\"data\":\"c2ln\",\"type\":\"reasoning.encrypted\",\"id\":\"call_" + number + "\",\"format\":null}";
			case 2 -> "{\"type\":\"reasoning.summary\",\"summary\":\"\\u00e9" + number + "\",\"index\":" + number + "}";
			default -> "{\"type\":\"reasoning.new\",\"n\":[1E+2,12345678901234567890.10]}";
		};
	}

	@WholeAndStreamed
	void detailsOfReasoningGoBackByteForByte(boolean streaming) {
		Random random = new Random(13);
		for (int turn = 0; turn < TURNS; turn++) {
			List<String> details = new ArrayList<>();
			IntStream.range(0, 1 + random.nextInt(6)).forEach((i) -> details.add(detail(random, i)));
			String call = "\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
					+ "\"arguments\":\"{}\"}}]";
			StringBuilder chunks = new StringBuilder();
			for (String detail : details) {
				chunks.append(
						"data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_details\":[" + detail + "]}}]}\n\n");
			}
			chunks.append("data: {\"choices\":[{\"index\":0,\"delta\":{" + call
					+ "},\"finish_reason\":\"tool_calls\"}]}\n\n");
			String all = "\"reasoning_details\":[" + String.join(",", details) + "]";
			LlmResponse answer = streaming ? streamed(OPENROUTER, chunks.toString(), random) : whole(OPENROUTER,
					"{\"choices\":[{\"message\":{" + all + "," + call + "},\"finish_reason\":\"tool_calls\"}]}");
			assertThat(sentAgain(OPENROUTER, answer)).contains(all);
		}
	}

}
