package io.arcllm.provider.error;

import java.nio.charset.StandardCharsets;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.RefusedParameter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The words in which vendors refuse a part of a request.
 */
class ParameterRefusalsTests {

	private static LlmException read(int status, String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		return new ErrorReader(new DefaultErrorClassifier(), RecordedErrors.CLOCK).read(RecordedErrors.TARGET, status,
				HttpHeaders.EMPTY, bytes, 0, bytes.length);
	}

	private static String error(String message, @Nullable String param, @Nullable String code) {
		return "{\"error\":{\"message\":\"" + message.replace("\"", "\\\"")
				+ "\",\"type\":\"invalid_request_error\",\"param\":" + ((param == null) ? "null" : "\"" + param + "\"")
				+ ",\"code\":" + ((code == null) ? "null" : "\"" + code + "\"") + "}}";
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			403 | You are not allowed to stream with this key. | streaming
			403 | Streaming is not enabled for this account. | streaming
			403 | Your organization must be verified to use streaming. | streaming
			403 | The parameter temperature is not supported |
			403 | The country of your stream is not known |
			401 | You are not allowed to stream with this key. |
			""")
	void accountMayLackTheRightToStream(int status, String message, @Nullable String name) {
		RefusedParameter refused = read(status, error(message, null, null)).refusedParameter();
		assertThat((refused == null) ? null : refused.name()).isEqualTo(name);
	}

	@ParameterizedTest(name = "{2} {3}")
	@CsvSource(delimiter = '|', quoteCharacter = '\0',
			textBlock = """
					Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported. | temperature | temperature | PARAMETER
					Unsupported parameter: 'top_p' is not supported with this model. | top_p | top-p | PARAMETER
					Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'. | reasoning_effort | reasoning-effort | VALUE
					Unrecognized request argument supplied: reasoning_effort | | reasoning-effort | PARAMETER
					`temperature` and `top_p` cannot both be specified for this model. Please use only one. | | top-p | COMBINATION
					`temperature` is deprecated for this model. | | temperature | PARAMETER
					"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior. | | reasoning-effort | FORM
					thinking.enabled.budget_tokens: Extra inputs are not permitted | | reasoning-effort | FORM
					`budget_tokens` is no longer supported. Please use adaptive thinking instead. | | reasoning-effort | FORM
					thinking.type: Input should be 'adaptive' or 'disabled' | | reasoning-effort | FORM
					adaptive thinking is not supported on this model | | reasoning-effort | FORM
					thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled' | | reasoning-effort | FORM
					This model does not support the effort parameter. | | reasoning-effort | FORM
					thinking is not supported on this model | | reasoning-effort | PARAMETER
					Thinking may not be enabled when tool_choice forces tool use. | | reasoning-effort | COMBINATION
					Penalty is not enabled for models/gemini-2.5-flash | | penalties | PARAMETER
					Model does not support 'developer' role | | role | PARAMETER
					Reasoning effort 'minimal' is not supported by this model | | reasoning-effort | VALUE
					"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set | | tools | PARAMETER
					Unsupported MIME type: image/jpg | | images | PARAMETER
					stop_sequences: each stop sequence must contain non-whitespace | | stop | VALUE
					No endpoints found that support image input | | images | PARAMETER
					No endpoints found that support the provided 'tool_choice' value. | | forced-tool | PARAMETER
					`temperature` may only be set to 1 when thinking is enabled. | | temperature | COMBINATION
					service_tier: Extra inputs are not permitted | | service-tier | PARAMETER
					Unknown name "service_tier": Cannot find field. | | service-tier | PARAMETER
					Invalid JSON payload received. Unknown name "frequencyPenalty" at 'generation_config': Cannot find field. | | penalties | PARAMETER
					"llama3.2" does not support thinking | | reasoning-effort | PARAMETER
					think value "medium" is not supported for this model | | reasoning-effort | FORM
					gemma3:4b does not support tools | | tools | PARAMETER
					registry.ollama.ai/library/gemma:2b does not support tools | | tools | PARAMETER
					Function calling is not enabled for this model | | tools | PARAMETER
					Invalid content type. image_url is only supported by certain models. | messages.[0].content.[1].type | images | PARAMETER
					This model does not support image input | | images | PARAMETER
					Your organization must be verified to stream this model. | stream | streaming | PARAMETER
					Streaming is not supported by this deployment | | streaming | PARAMETER
					stream must be false for this model | | streaming | PARAMETER
					This model does not support streamed responses. | | streaming | PARAMETER
					Unknown parameter: 'stream_options'. | stream_options | stream_options | PARAMETER
					Argument not supported on this model: stop | | stop | PARAMETER
					Model grok-4 does not support parameter presencePenalty. | | penalties | PARAMETER
					`logprobs` is not supported with this model | | logprobs | PARAMETER
					Invalid value for 'temperature': must be between 0 and 2 | temperature | temperature | VALUE
					temperature: range: 0..1 | | temperature | VALUE
					'tool_choice' is only allowed when 'tools' are specified. | tool_choice | forced-tool | COMBINATION
					Developer message is not supported by this model | | role | PARAMETER
					Unsupported value: 'messages[0].role' does not support 'system' with this model. | messages[0].role | role | PARAMETER
					Unrecognized request arguments supplied: top_k, min_p | | top-k | PARAMETER
					seed: Extra inputs are not permitted | | seed | PARAMETER
					property 'top_logprobs' is unsupported, did you mean 'stop'? | | logprobs | PARAMETER
					Additional properties are not allowed ('top_k' was unexpected) | | top-k | PARAMETER
					Malformed input request: #: extraneous key [top_k] is not permitted, please reformat your input and try again. | | top-k | PARAMETER
					openai does not support parameters: ['temperature'], for model=gpt-5. | | temperature | PARAMETER
					gpt-5 models don't support temperature=0.2. Only temperature=1 is supported. | | temperature | PARAMETER
					This model does not support user-defined stop sequences | | stop | PARAMETER
					function call is not supported | | tools | PARAMETER
					json mode is not supported by this model | | schema | PARAMETER
					Invalid value: 'image_url'. Supported values are: 'text' and 'refusal'. | messages[0].content[1].type | images | PARAMETER
					Unsupported value: 'stream' does not support true with this model. Supported values are: false. | stream | streaming | PARAMETER
					This model does not support assistant message prefill. The conversation must end with a user message. | | prefix | PARAMETER
					Unknown parameter: 'messages[1].reasoning_details'. | | messages[1].reasoning_details | PARAMETER
					logit_bias is not supported | | logit_bias | PARAMETER
					verbosity: Extra inputs are not permitted | | verbosity | PARAMETER
					Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead. | max_tokens | max-tokens | PARAMETER
					Unrecognized request argument supplied: max_completion_tokens | | max-tokens | PARAMETER
					""")
	void partThatIsRefusedIsFound(String message, @Nullable String param, String name, RefusedParameter.Why why) {
		LlmException failure = read(400, error(message, param, null));
		assertThat(failure.refusedParameter()).isNotNull();
		assertThat(failure.refusedParameter().name()).isEqualTo(name);
		assertThat(failure.refusedParameter().why()).isEqualTo(why);
		if (!name.equals("streaming")) {
			assertThat(failure.kind())
				.isEqualTo((why == RefusedParameter.Why.VALUE) ? ErrorKind.INVALID_REQUEST : ErrorKind.UNSUPPORTED);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0',
			textBlock = """
					max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you provided 32000. | 16384
					max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-sonnet-4-5 | 64000
					Invalid max_tokens value, the valid range of max_tokens is [1, 8192] | 8192
					`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens` is less than the `context_window` for this model | 32768
					max_completion_tokens should be less than 4096 | 4096
					""")
	void largestAnswerThatIsTakenIsRead(String message, int most) {
		RefusedParameter refused = read(400, error(message, null, null)).refusedParameter();
		assertThat(refused).isEqualTo(new RefusedParameter("max-tokens", RefusedParameter.Why.VALUE, most));
	}

	@Test
	void pydanticsPlaceIsRead() {
		LlmException failure = read(422,
				"{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"reasoning_effort\"],"
						+ "\"msg\":\"Extra inputs are not permitted\",\"input\":\"low\"}]}");
		assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
		assertThat(failure.refusedParameter().name()).isEqualTo("reasoning-effort");
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"seed\"],\"msg\":\"Extra inputs are not permitted\"}]}",
			"{\"object\":\"error\",\"message\":{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"seed\"],\"msg\":\"Extra inputs are not permitted\"}]}}",
			"{\"message\":\"[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted', 'input': 42}]\"}",
			"{\"error\":{\"message\":\"Provider returned error\",\"code\":400,\"metadata\":{\"raw\":\"{\\\"error\\\":{\\\"message\\\":\\\"Unknown parameter: 'seed'.\\\"}}\"}}}" })
	void refusalIsTheSameInEveryShape(String body) {
		for (int status : new int[] { 400, 422, 200 }) {
			LlmException failure = read(status, body);
			assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
			assertThat(failure.refusedParameter()).isNotNull();
			assertThat(failure.refusedParameter().name()).isEqualTo("seed");
		}
	}

	@Test
	void refusalInsideASuccessIsOne() {
		LlmException failure = read(200, error("Unsupported parameter: 'temperature' is not supported with this model.",
				"temperature", "unsupported_parameter"));
		assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
		assertThat(read(200, "{\"error\":\"gemma3:4b does not support tools\"}").kind())
			.isEqualTo(ErrorKind.UNSUPPORTED);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0',
			textBlock = """
					400 | messages: roles must alternate between \\"user\\" and \\"assistant\\", but found multiple \\"user\\" roles in a row
					400 | Unexpected role 'user' after role 'tool'
					400 | Bad request
					400 | Tool call id was call_PTLP8xhu3uwZk4l3nlnrrJha but must be a-z, A-Z, 0-9, with a length of 9.
					400 | messages: final assistant content cannot end with trailing whitespace
					400 | The parameter 'messages' is not valid
					400 | An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.
					400 | unexpected `tool_use_id` found in `tool_result` blocks: toolu_1
					400 | Model 'x' is not supported
					422 | Input should be less than or equal to 1
					500 | temperature is not supported
					""")
	void mistakeOfTheCallersStaysOne(int status, String message) {
		LlmException failure = read(status, "{\"error\":{\"message\":\"" + message + "\"}}");
		assertThat(failure.kind()).isIn(ErrorKind.INVALID_REQUEST, ErrorKind.SERVER_ERROR);
	}

}
