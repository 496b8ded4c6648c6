package io.arcllm.autoconfigure.config;

/**
 * How the stack stands beside models of LangChain4j.
 *
 * @param primary whether our models are those that are injected where the application has
 * others
 */
public record LangChain4jSettings(boolean primary) {
}
