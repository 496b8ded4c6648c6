package io.arcllm.bridge;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What every library's parameters can say of a request; the rest is refused, and another
 * target is asked.
 *
 * @param target whose parameters they are
 * @param request what is asked of it
 */
public record PortableRequest(Target target, LlmRequest request) {

	private static final Set<String> OPTIONS = Set.of("top_k", "frequency_penalty", "presence_penalty");

	/**
	 * Tells the model, the longest answer and how words are chosen, where they are set.
	 */
	public PortableRequest sampling(Consumer<String> model, Consumer<Integer> maxTokens, Consumer<Double> temperature,
			Consumer<Double> topP, Consumer<List<String>> stop) {
		tell(this.target.model(), model);
		tell(this.request.maxTokens(), maxTokens);
		tell(this.request.temperature(), temperature);
		tell(this.request.topP(), topP);
		tell(this.request.stop().isEmpty() ? null : this.request.stop(), stop);
		return this;
	}

	/** Tells the options of vendors that have a name in every library. */
	public PortableRequest options(Consumer<Integer> topK, Consumer<Double> frequencyPenalty,
			Consumer<Double> presencePenalty) {
		Map<String, @Nullable Object> fields = this.request.options();
		Set<String> others = new HashSet<>(fields.keySet());
		others.removeAll(OPTIONS);
		if (!others.isEmpty()) {
			throw refusal("options " + others);
		}
		tell((fields.get("top_k") instanceof Number number) ? number.intValue() : null, topK);
		tell(number(fields, "frequency_penalty"), frequencyPenalty);
		tell(number(fields, "presence_penalty"), presencePenalty);
		return this;
	}

	private static @Nullable Double number(Map<String, @Nullable Object> fields, String name) {
		return (fields.get(name) instanceof Number number) ? number.doubleValue() : null;
	}

	private static <T> void tell(@Nullable T value, Consumer<T> listener) {
		if (value != null) {
			listener.accept(value);
		}
	}

	/** What the parameters cannot say. */
	public LlmException refusal(String what) {
		return LlmException.of(ErrorKind.UNSUPPORTED, "The parameters of " + this.target + " cannot say " + what)
			.target(this.target)
			.build();
	}

	/** The arguments of a call as JSON. */
	public static String arguments(ToolCall call) {
		return (call.rawArguments().isBlank() && call.parsedArguments() != null) ? Json.text(call.parsedArguments())
				: call.rawArguments();
	}

}
