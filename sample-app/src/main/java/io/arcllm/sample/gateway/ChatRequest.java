package io.arcllm.sample.gateway;

import io.arcllm.LlmRequest;

/**
 * A request of a client of the gateway.
 *
 * @param model what to ask, as the client wrote it; empty for the primary
 * @param request the question
 * @param includeUsage whether a stream ends with the tokens
 */
record ChatRequest(String model, LlmRequest request, boolean includeUsage) {
}
