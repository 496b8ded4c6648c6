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
 * The part of a request that every library's parameters can express. The rest is {@code
 * UNSUPPORTED}, and the next target is asked.
 *
 * @param target the target
 * @param request the request
 */
public record PortableRequest(Target target, LlmRequest request) {

	private static final Set<String> OPTIONS = Set.of("top_k", "frequency_penalty", "presence_penalty");

	/**
	 * Passes on the model, the longest answer and the sampling parameters, if they are
	 * set.
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

	/** Passes on the vendor options that every library has. */
	public PortableRequest options(Consumer<Integer> topK, Consumer<Double> frequencyPenalty,
			Consumer<Double> presencePenalty) {
		Map<String, @Nullable Object> fields = this.request.options();
		Set<String> others = new HashSet<>(fields.keySet());
		others.removeAll(OPTIONS);
		if (!others.isEmpty()) {
			throw unsupported("options " + others);
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

	/** The error for what the parameters cannot express. */
	public LlmException unsupported(String what) {
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
