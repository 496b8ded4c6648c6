package io.arcllm.test;

import org.jspecify.annotations.Nullable;

/**
 * The state of a simulated vendor, for pages and tests.
 *
 * @param vendor its name
 * @param url its URL
 * @param calls how many calls it got
 * @param broken how many of them broke
 * @param active how many calls it is answering
 * @param dial its dial
 * @param fault the label of the dial's fault
 * @param timesLeft how many more calls will break, or {@code null}
 * @param secondsLeft the seconds until it is healthy again, or {@code null}
 */
public record VendorState(String vendor, String url, long calls, long broken, int active, Dial dial, String fault,
		@Nullable Integer timesLeft, @Nullable Integer secondsLeft) {
}
