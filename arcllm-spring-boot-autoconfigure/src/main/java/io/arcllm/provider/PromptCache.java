package io.arcllm.provider;

import java.time.Duration;

/**
 * How prompts are kept in a vendor's cache.
 *
 * @param auto whether prompts are marked where the request does not say: the last tool,
 * the last block of the instructions and the last block of the last turn; vendors that
 * cache by themselves are told the session
 * @param lifetime how long marked prompts are kept: 5 minutes or an hour
 */
public record PromptCache(boolean auto, Duration lifetime) {

	/** Only what the request marks is kept, for five minutes. */
	public static final PromptCache OFF = new PromptCache(false, Duration.ofMinutes(5));

}
