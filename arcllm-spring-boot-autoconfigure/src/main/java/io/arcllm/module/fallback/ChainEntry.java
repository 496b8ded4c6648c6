package io.arcllm.module.fallback;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * One target of a chain, optionally with values for what requests leave unset.
 *
 * @param target the target, such as openai or openai/gpt-5-mini
 * @param maxTokens the longest answer, in tokens; also an upper bound for the request
 * @param temperature the temperature, if the request sets none
 * @param options extra fields in the body of requests to it
 */
public record ChainEntry(String target, @Nullable Integer maxTokens, @Nullable Double temperature,
		@Nullable Map<String, Object> options) {

	public ChainEntry {
		if (target == null || target.isBlank()) {
			throw new IllegalArgumentException("target must be given for each entry of a chain");
		}
		target = target.trim();
		if (maxTokens != null && maxTokens < 1) {
			throw new IllegalArgumentException("max-tokens must be 1 or more, was " + maxTokens);
		}
		if (temperature != null && !(temperature >= 0 && Double.isFinite(temperature))) {
			throw new IllegalArgumentException("temperature must be a number of 0 or more, was " + temperature);
		}
		options = (options == null) ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(options));
	}

	/** An entry with a target only. */
	public static ChainEntry of(String target) {
		return new ChainEntry(target, null, null, null);
	}

	/** The candidate, with the values of this entry. */
	public Candidate around(Candidate candidate) {
		boolean plain = this.maxTokens == null && this.temperature == null && fields().isEmpty();
		return plain ? candidate : new EntryCandidate(candidate, this);
	}

	private Map<String, Object> fields() {
		return (this.options == null) ? Map.of() : this.options;
	}

	/**
	 * The request with the values that it leaves unset, and with the upper bound of this
	 * entry.
	 */
	LlmRequest complete(LlmRequest request) {
		LlmRequest.Builder completed = request.mutate();
		if (this.maxTokens != null) {
			completed.maxTokens(
					(request.maxTokens() == null) ? this.maxTokens : Math.min(request.maxTokens(), this.maxTokens));
		}
		if (request.temperature() == null) {
			completed.temperature(this.temperature);
		}
		Map<String, @Nullable Object> merged = new LinkedHashMap<>(fields());
		merged.putAll(request.options());
		return completed.options(merged).build();
	}

	/**
	 * A target whose entry has values.
	 */
	private record EntryCandidate(Candidate inner, ChainEntry entry) implements Candidate {

		@Override
		public Target target() {
			return this.inner.target();
		}

		@Override
		public LlmProvider provider() {
			return this.inner.provider();
		}

		@Override
		public @Nullable Rejection rejection(LlmRequest request) {
			return this.inner.rejection(request);
		}

		@Override
		public LlmRequest complete(LlmRequest request) {
			return this.entry.complete(request);
		}

		@Override
		public String toString() {
			return this.inner.toString();
		}

	}

}
