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
	 * The request as this target should get it: with its own model, and to another
	 * provider without what only the primary one understands.
	 * @param primary whom the request is meant for
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
					.map((message) -> withoutForeignThoughts(message, target))
					.filter((message) -> !message.content().isEmpty())
					.toList());
		}
		return hop.build();
	}

	private static Message withoutForeignThoughts(Message message, Target target) {
		if (message.content().stream().noneMatch((part) -> isForeign(part, target))) {
			return message;
		}
		return new Message(message.role(),
				message.content().stream().filter((part) -> !isForeign(part, target)).toList());
	}

	/** Signed by another provider than the target's, or by nobody knows whom. */
	private static boolean isForeign(Content content, Target target) {
		return content instanceof Content.Thinking thinking
				&& (thinking.signature() != null || thinking.redacted() != null)
				&& !target.provider().equals(thinking.provider());
	}

}
