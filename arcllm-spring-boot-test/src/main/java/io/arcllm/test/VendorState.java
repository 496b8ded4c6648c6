package io.arcllm.test;

import org.jspecify.annotations.Nullable;

/**
 * What a simulated vendor is doing, for pages and tests.
 *
 * @param vendor its name
 * @param url where it answers
 * @param calls how many it was asked
 * @param broken how many of them its dial broke
 * @param active how many it is answering
 * @param dial as it is set
 * @param fault the dial's, as it is written
 * @param timesLeft calls that will break yet, if that is bounded
 * @param secondsLeft how long the dial stands yet, if that is bounded
 */
public record VendorState(String vendor, String url, long calls, long broken, int active, Dial dial, String fault,
		@Nullable Integer timesLeft, @Nullable Integer secondsLeft) {
}
