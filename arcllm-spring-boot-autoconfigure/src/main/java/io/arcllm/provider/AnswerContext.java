package io.arcllm.provider;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.PrintableText;
import io.arcllm.StopReason;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder needs to know about its exchange.
 *
 * @param target the target that was asked
 * @param requestId the vendor's id for the request, from the answer's headers
 * @param errors classifies errors inside a successful answer
 */
public record AnswerContext(Target target, @Nullable String requestId, InBandErrors errors) {

	/** The longest name or id of a vendor, in characters. */
	private static final int LONGEST = 200;

	private static final int MOST_TOOL_CALLS = 1000;

	/** The most blocks or other parts of an answer that are kept. */
	public static final int MOST_PARTS = 100_000;

	/** The memory of a part in addition to its text, in bytes. */
	public static final int PART = 64;

	/**
	 * The error of an answer that is not in the vendor's format.
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
	 * @param model the model as the vendor names it, or {@code null}
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
	 * The answer with its stop reason. A stop for tools without any content is an error.
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
	 * The error of an answer that the vendor gave up.
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
	 * Refuses an answer with too many tool calls.
	 * @param calls the number of tool calls so far
	 */
	public void checkToolCalls(int calls) {
		if (calls > MOST_TOOL_CALLS) {
			throw malformed("it has more than " + MOST_TOOL_CALLS + " tool calls", null);
		}
	}

	/**
	 * Refuses an answer with too many parts.
	 * @param parts the number of parts so far
	 */
	public void checkParts(int parts) {
		if (parts >= MOST_PARTS) {
			throw malformed("it has " + MOST_PARTS + " parts or more", null);
		}
	}

	/** An id from which other ids are made. */
	public static @Nullable String idForOthers(@Nullable String id) {
		return (id != null && id.length() > LONGEST) ? id.substring(0, LONGEST) : id;
	}

	/**
	 * The error in these bytes, with what was delivered before it.
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
	 * The error of a stream that ended without a valid end.
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
	 * Classifies errors inside a successful answer.
	 */
	@FunctionalInterface
	public interface InBandErrors {

		/**
		 * The error in these bytes.
		 */
		LlmException read(byte[] bytes, int offset, int length);

	}

}
