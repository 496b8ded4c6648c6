package io.arcllm.benchmarks.calls;

import reactor.core.publisher.Mono;

/**
 * Whole calls that ArcLLM asks as streams ({@code streams.upstream: always}), beside the
 * streamed calls of the same length.
 */
final class AlwaysStreamed implements Client {

	private final ArcLlm inner;

	/**
	 * @param url the vendor's
	 */
	AlwaysStreamed(String url) {
		this.inner = new ArcLlm(url, "arcllm.modules.streams.upstream=always");
	}

	@Override
	public String name() {
		return "ArcLLM, a whole call asked as a stream";
	}

	@Override
	public Mono<Integer> whole() {
		return this.inner.whole();
	}

	/** The vendor is asked for a stream; the caller gets the whole answer. */
	@Override
	public Mono<Integer> stream() {
		return this.inner.whole();
	}

}
