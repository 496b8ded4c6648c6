package io.arcllm.provider;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder must know of the exchange it is part of.
 *
 * @param target the target that was asked
 * @param requestId the vendor's id for the request, from the answer's headers
 * @param errors judges errors that come inside a successful answer
 */
public record AnswerContext(Target target, @Nullable String requestId, InBandErrors errors) {

	/** Of names and ids that vendors give. */
	private static final int LONGEST = 200;

	private static final int MOST_TOOL_CALLS = 1000;

	/** Of blocks, or of other parts that are kept one by one. */
	public static final int MOST_PARTS = 100_000;

	/** What a part costs in memory besides its text. */
	public static final int PART = 64;

	/**
	 * The answer is not what this vendor's answers look like.
	 * @param what is wrong with it, such as {@code not JSON}
	 */
	public LlmException malformed(String what, @Nullable Throwable cause) {
		return LlmException.of(ErrorKind.PROTOCOL, this.target + " sent a malformed answer: " + what)
			.target(this.target)
			.requestId(this.requestId)
			.cause(cause)
			.build();
	}

	/**
	 * The target that answered.
	 * @param model as the vendor names it, where it does
	 */
	public Target answered(@Nullable String model) {
		return (model == null) ? this.target : new Target(this.target.provider(), PrintableText.clean(model, LONGEST));
	}

	/**
	 * The id of the request: from the headers, else from the answer.
	 */
	public @Nullable String id(@Nullable String ofAnswer) {
		return (this.requestId != null) ? this.requestId : PrintableText.of(ofAnswer, LONGEST);
	}

	/**
	 * An answer with its reason to stop, judged. What says that tools are wanted and has
	 * nothing in it is no answer.
	 * @param word the vendor's word, if there is one
	 */
	public LlmResponse judged(LlmResponse answer, @Nullable String word) {
		StopReason reason = StopWords.read(PrintableText.of(word, LONGEST), answer);
		if (reason.type() == StopReason.Type.TOOL_USE && answer.toolCalls().isEmpty() && answer.text().isBlank()
				&& answer.thinking().isEmpty()) {
			throw malformed("it wants a tool called and names none", null);
		}
		return answer.mutate().stopReason(reason).build();
	}

	/**
	 * The vendor gave the answer up.
	 * @param word the vendor's word for it
	 * @param partial what was delivered, or {@code null} for nothing
	 */
	public LlmException givenUp(@Nullable String word, @Nullable LlmResponse partial) {
		return LlmException
			.of(ErrorKind.INTERRUPTED, this.target + " gave its answer up (" + PrintableText.of(word, LONGEST) + ")")
			.target(this.target)
			.requestId(this.requestId)
			.partial(partial)
			.build();
	}

	/**
	 * Refuses more tool calls than any model makes.
	 * @param calls how many there are so far
	 */
	public void checkToolCalls(int calls) {
		if (calls > MOST_TOOL_CALLS) {
			throw malformed("it has more than " + MOST_TOOL_CALLS + " tool calls", null);
		}
	}

	/**
	 * Refuses an answer of more parts than any has.
	 * @param parts how many there are so far
	 */
	public void checkParts(int parts) {
		if (parts >= MOST_PARTS) {
			throw malformed("it has " + MOST_PARTS + " parts or more", null);
		}
	}

	/** An id that others are made of. */
	public static @Nullable String idForOthers(@Nullable String id) {
		return (id != null && id.length() > LONGEST) ? id.substring(0, LONGEST) : id;
	}

	/**
	 * The error that these bytes say, with what was delivered before it.
	 */
	public LlmException inBand(byte[] bytes, int offset, int length, @Nullable LlmResponse partial) {
		LlmException error = this.errors.read(bytes, offset, length);
		return (partial == null) ? error
				: LlmException.of(error.kind(), String.valueOf(error.getMessage()))
					.like(error)
					.partial(partial)
					.build();
	}

	/**
	 * The stream ended, and its end is not proven.
	 * @param partial what was delivered, or {@code null} for nothing
	 */
	public LlmException interrupted(@Nullable LlmResponse partial) {
		return LlmException.of(ErrorKind.INTERRUPTED, this.target + " ended the stream before the answer was complete")
			.target(this.target)
			.requestId(this.requestId)
			.partial(partial)
			.build();
	}

	/**
	 * Judges errors that come inside a successful answer.
	 */
	@FunctionalInterface
	public interface InBandErrors {

		/**
		 * The error that these bytes say.
		 */
		LlmException read(byte[] bytes, int offset, int length);

	}

}
