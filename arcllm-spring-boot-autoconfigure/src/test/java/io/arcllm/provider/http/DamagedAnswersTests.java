package io.arcllm.provider.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import io.arcllm.LlmException;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.anthropic.AnthropicFormat;
import io.arcllm.provider.ollama.OllamaFormat;
import io.arcllm.provider.openai.OpenAiFormat;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class DamagedAnswersTests {

	private static final int DAMAGES = 20_000;

	private static final String SYNTAX = "{}[]\",:0\\\n-e.";

	private static final String ANTHROPIC = """
			data: {"type":"message_start","message":{"id":"m","model":"x","content":[],"usage":{"input_tokens":5}}}

			data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

			data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}

			data: {"type":"content_block_stop","index":0}

			data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}

			data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\":1}"}}

			data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}

			data: {"type":"message_stop"}

			""";

	private static final String OLLAMA = """
			{"model":"x","created_at":"2026","message":{"content":"Hello","thinking":"hm"},"done":false}
			{"message":{"tool_calls":[{"id":"t","function":{"name":"f","arguments":{"a":[1,"ü"]}}}]},"done":false}
			{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":9}
			""";

	private static final String OPENAI = """
			data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}],"usage":null}

			data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{"}}]}}]}

			data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]},"finish_reason":"stop"}]}

			data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}}

			data: [DONE]

			""";

	static List<Arguments> answers() {
		return List.of(Arguments.of(new AnthropicFormat("a"), ANTHROPIC), Arguments.of(new OllamaFormat("a"), OLLAMA),
				Arguments.of(new OpenAiFormat("a"), OPENAI));
	}

	@ParameterizedTest
	@MethodSource("answers")
	@Execution(ExecutionMode.CONCURRENT)
	void aDamagedAnswerIsAnAnswerOrATypedError(WireFormat format, String answer) {
		Random random = new Random(7);
		int failed = 0;
		for (int i = 0; i < DAMAGES; i++) {
			byte[] body = answer.getBytes(StandardCharsets.UTF_8);
			for (int flips = random.nextInt(3); flips >= 0; flips--) {
				body[random.nextInt(body.length)] = (byte) (random.nextBoolean() ? random.nextInt(256)
						: SYNTAX.charAt(random.nextInt(SYNTAX.length())));
			}
			try {
				Exchange.streamed(format, body);
			}
			catch (LlmException ex) {
				failed++;
			}
		}
		assertThat(failed).isBetween(DAMAGES / 10, DAMAGES);
	}

}
