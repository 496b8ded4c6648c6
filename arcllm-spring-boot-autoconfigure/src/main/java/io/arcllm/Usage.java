package io.arcllm;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of an answer. Absent is not zero: what the vendor did not report is {@code
 * null}.
 *
 * @param inputTokens the whole prompt, including what was read from or written to a cache
 * @param outputTokens the whole answer, including its reasoning
 * @param cacheReadTokens the part of the prompt read from the vendor's cache
 * @param cacheWriteTokens the part of the prompt written to the vendor's cache
 * @param reasoningTokens the part of the answer that was thinking
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Usage(@Nullable Integer inputTokens, @Nullable Integer outputTokens, @Nullable Integer cacheReadTokens,
		@Nullable Integer cacheWriteTokens, @Nullable Integer reasoningTokens) {

	/** Nothing is known. */
	public static final Usage UNKNOWN = new Usage(null, null, null, null, null);

	/** Input and output alone. */
	public static Usage of(int inputTokens, int outputTokens) {
		return new Usage(inputTokens, outputTokens, null, null, null);
	}

	/**
	 * Input and output together, or {@code null} where both are unknown.
	 */
	public @Nullable Integer totalTokens() {
		return add(this.inputTokens, this.outputTokens);
	}

	/**
	 * The sum with another answer's tokens; unknown only where both are.
	 */
	public Usage plus(Usage other) {
		return new Usage(add(this.inputTokens, other.inputTokens), add(this.outputTokens, other.outputTokens),
				add(this.cacheReadTokens, other.cacheReadTokens), add(this.cacheWriteTokens, other.cacheWriteTokens),
				add(this.reasoningTokens, other.reasoningTokens));
	}

	private static @Nullable Integer add(@Nullable Integer one, @Nullable Integer other) {
		if (one == null) {
			return other;
		}
		return (other == null) ? one : Integer.valueOf(one + other);
	}

}
