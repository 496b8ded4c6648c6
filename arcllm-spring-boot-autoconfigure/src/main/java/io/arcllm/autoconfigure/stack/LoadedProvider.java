package io.arcllm.autoconfigure.stack;

import java.util.function.Function;
import java.util.function.Supplier;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import reactor.core.publisher.Flux;

/**
 * What an application holds: asks the stack of the configuration that holds when a call
 * begins.
 *
 * @param <G> what belongs to one configuration
 */
final class LoadedProvider<G> implements LlmProvider {

	private final Supplier<G> generation;

	private final Function<G, LlmProvider> maker;

	private volatile Made<G> made;

	/**
	 * @param generation what holds now
	 * @param maker makes the stack
	 */
	LoadedProvider(Supplier<G> generation, Function<G, LlmProvider> maker) {
		this.generation = generation;
		this.maker = maker;
		G now = generation.get();
		this.made = new Made<>(now, maker.apply(now));
	}

	private LlmProvider current() {
		G now = this.generation.get();
		Made<G> known = this.made;
		if (known.generation() != now) {
			known = new Made<>(now, again(known.provider(), now));
			this.made = known;
		}
		return known.provider();
	}

	/** What the configuration does not know any more is asked as before. */
	private LlmProvider again(LlmProvider before, G now) {
		try {
			return this.maker.apply(now);
		}
		catch (LlmConfigException ex) {
			return before;
		}
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return current().exchange(request);
	}

	@Override
	public String name() {
		return current().name();
	}

	@Override
	public boolean validateConfig() {
		return current().validateConfig();
	}

	@Override
	public String toString() {
		return current().toString();
	}

	private record Made<G>(G generation, LlmProvider provider) {
	}

}
