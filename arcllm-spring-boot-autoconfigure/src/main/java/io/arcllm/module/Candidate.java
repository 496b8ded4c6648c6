package io.arcllm.module;

import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * A target that a chain may ask, with its own modules around it. Safe for use by many
 * threads.
 */
public interface Candidate {

	/**
	 * The provider and model that would be asked.
	 */
	Target target();

	/**
	 * The provider with its modules; created on first use.
	 */
	LlmProvider provider();

	/**
	 * Why this target would be passed over for this request, or {@code null}. Takes no
	 * permit and makes no provider.
	 */
	@Nullable Rejection rejection(LlmRequest request);

	/**
	 * The request with what the chain says of this target.
	 */
	default LlmRequest complete(LlmRequest request) {
		return request;
	}

	/**
	 * The request for this target: with the target's own model, and for another provider
	 * without what only the primary one understands.
	 * @param primary the target that the request was written for
	 */
	default LlmRequest request(LlmRequest request, Target primary) {
		return complete(target().equals(primary) ? request : translated(request, primary, target()));
	}

	private static LlmRequest translated(LlmRequest request, Target primary, Target target) {
		LlmRequest.Builder translated = request.mutate().model(target.model());
		if (!target.provider().equals(primary.provider())) {
			translated.options(Map.of())
				.messages(request.messages()
					.stream()
					.map((message) -> withoutForeign(message, target))
					.filter((message) -> !message.content().isEmpty())
					.toList());
		}
		return translated.build();
	}

	/**
	 * The options of the request that the translated one does not have: by the word of
	 * their parameter, such as {@code top-k}, else by their own name.
	 */
	static List<String> dropped(LlmRequest request, LlmRequest translated) {
		if (request.options().isEmpty()) {
			return List.of();
		}
		return request.options()
			.keySet()
			.stream()
			.filter((name) -> !translated.options().containsKey(name))
			.map((name) -> Parameter.named(name).map(Parameter::word).orElse(name))
			.distinct()
			.toList();
	}

	private static Message withoutForeign(Message message, Target target) {
		Message kept = message.withoutForeign(target.provider());
		return kept.content().stream().noneMatch(Candidate::isOfUnknownMaker) ? kept : new Message(kept.role(),
				kept.content().stream().filter((part) -> !isOfUnknownMaker(part)).toList(), kept.isCacheable());
	}

	/** Signed thinking without a provider belongs to the primary one. */
	private static boolean isOfUnknownMaker(Content content) {
		return content instanceof Content.Thinking thinking && thinking.provider() == null
				&& (thinking.signature() != null || thinking.redacted() != null);
	}

}
