package io.arcllm.provider;

import java.time.Duration;

/**
 * How prompts are kept in a vendor's cache.
 *
 * @param auto whether the last tool, the last block of the instructions and the last
 * block of the last turn are marked without a mark in the request; vendors that cache by
 * themselves get the session
 * @param lifetime how long marked prompts are kept: 5 minutes or an hour
 */
public record PromptCache(boolean auto, Duration lifetime) {

	/** Only what the request marks is kept, for five minutes. */
	public static final PromptCache OFF = new PromptCache(false, Duration.ofMinutes(5));

}
