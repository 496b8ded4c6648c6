package io.arcllm.module;

import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Target;

/**
 * Makes the request to one target of a chain of the request to the primary one.
 */
public final class Hop {

	private Hop() {
	}

	/**
	 * The request as this target of a chain should get it.
	 * @param primary the target that the request was written for
	 */
	public static LlmRequest request(LlmRequest request, Target primary, Candidate candidate) {
		return candidate.complete(request(request, primary, candidate.target()));
	}

	/**
	 * The request as this target should get it: with its own model, and to another
	 * provider without what only the primary one understands.
	 * @param primary the target that the request was written for
	 */
	public static LlmRequest request(LlmRequest request, Target primary, Target target) {
		if (target.equals(primary)) {
			return request;
		}
		LlmRequest.Builder hop = request.mutate().model(target.model());
		if (!target.provider().equals(primary.provider())) {
			hop.options(Map.of())
				.messages(request.messages()
					.stream()
					.map((message) -> withoutForeign(message, target))
					.filter((message) -> !message.content().isEmpty())
					.toList());
		}
		return hop.build();
	}

	private static Message withoutForeign(Message message, Target target) {
		Message kept = message.withoutForeign(target.provider());
		return kept.content().stream().noneMatch(Hop::isOfUnknownMaker) ? kept : new Message(kept.role(),
				kept.content().stream().filter((part) -> !isOfUnknownMaker(part)).toList(), kept.isCacheable());
	}

	/** Signed thinking that does not say its provider is the primary one's. */
	private static boolean isOfUnknownMaker(Content content) {
		return content instanceof Content.Thinking thinking && thinking.provider() == null
				&& (thinking.signature() != null || thinking.redacted() != null);
	}

}
