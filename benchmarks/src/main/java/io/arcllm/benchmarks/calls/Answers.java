package io.arcllm.benchmarks.calls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The fixed answers, in OpenAI's format.
 */
public final class Answers {

	static final int CHUNKS = 200;

	/** How long the words are together. */
	public static final int CHARACTERS = 1000;

	static final String MODEL = "gpt-5-mini";

	static final String PROMPT = "Tell me of the sea.";

	private static final String WORD = " wave";

	private static final String ID = "\"id\":\"chatcmpl-CRkPMXkAvy3Zdn8XrkQjY6fUD2a9G\"";

	private static final String USAGE = """
			{"prompt_tokens":14,"completion_tokens":200,"total_tokens":214,\
			"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},\
			"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}""";

	private Answers() {
	}

	/** The question as the clients without an encoder of their own send it. */
	static byte[] question(boolean streaming) {
		return bytes("{\"model\":\"" + MODEL + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}]"
				+ (streaming ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}" : "}"));
	}

	/** A whole answer. */
	public static byte[] whole() {
		return bytes("{" + ID + ",\"object\":\"chat.completion\",\"created\":1760684401,\"model\":\"gpt-5-mini\","
				+ "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + WORD.repeat(CHUNKS)
				+ "\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":"
				+ USAGE + ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_9766e549b2\"}");
	}

	/** The frames of a stream, with one word each in {@link #CHUNKS} of them. */
	static List<byte[]> frames() {
		List<byte[]> frames = new ArrayList<>();
		for (int i = 0; i < CHUNKS; i++) {
			frames.add(chunk("{\"content\":\"" + WORD + "\"}", "null", "null"));
		}
		frames.add(chunk("{}", "\"stop\"", "null"));
		frames.add(frame("{" + head() + "\"choices\":[],\"usage\":" + USAGE + "}"));
		frames.add(frame("[DONE]"));
		return frames;
	}

	private static byte[] chunk(String delta, String finishReason, String usage) {
		return frame("{" + head() + "\"choices\":[{\"index\":0,\"delta\":" + delta
				+ ",\"logprobs\":null,\"finish_reason\":" + finishReason + "}],\"usage\":" + usage + "}");
	}

	private static String head() {
		return ID + ",\"object\":\"chat.completion.chunk\",\"created\":1760684401,\"model\":\"gpt-5-mini\","
				+ "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_9766e549b2\",";
	}

	private static byte[] frame(String data) {
		return bytes("data: " + data + "\n\n");
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
