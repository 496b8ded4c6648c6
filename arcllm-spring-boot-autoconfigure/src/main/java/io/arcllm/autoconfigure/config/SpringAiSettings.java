package io.arcllm.autoconfigure.config;

/**
 * How the stack stands beside models of Spring AI.
 *
 * @param primary whether our model is the one that is injected where the application has
 * others
 */
public record SpringAiSettings(boolean primary) {
}
