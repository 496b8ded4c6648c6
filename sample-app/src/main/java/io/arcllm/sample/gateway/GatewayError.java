package io.arcllm.sample.gateway;

import java.util.Map;

/**
 * A failure as OpenAI's clients understand it.
 *
 * @param status of HTTP
 * @param headers besides the usual ones
 * @param body as JSON
 */
record GatewayError(int status, Map<String, String> headers, byte[] body) {
}
