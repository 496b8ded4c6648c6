package io.arcllm.module.routing;

import java.util.List;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.Rejection;

/**
 * Chains of targets that must not be asked anything.
 */
final class Chains {

	private Chains() {
	}

	static List<Candidate> of(String... targets) {
		return Stream.of(targets).<Candidate>map((text) -> new Unasked(Target.parse(text))).toList();
	}

	static List<String> names(List<Candidate> chain) {
		return chain.stream().map((one) -> one.target().toString()).toList();
	}

	private record Unasked(Target target) implements Candidate {

		@Override
		public LlmProvider provider() {
			throw new AssertionError("made");
		}

		@Override
		public Rejection rejection(LlmRequest request) {
			throw new AssertionError("asked");
		}

	}

}
