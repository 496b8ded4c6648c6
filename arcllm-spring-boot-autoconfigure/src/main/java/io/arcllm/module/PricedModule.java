package io.arcllm.module;

import java.util.function.BiFunction;

import io.arcllm.Cost;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * An observer: says on each answer what it cost. Absent where no prices are known.
 */
public final class PricedModule extends BaseModule {

	private final BiFunction<LlmRequest, LlmResponse, @Nullable Cost> price;

	/**
	 * @param inner whose answers have a price
	 * @param price what an answer to a request cost; {@code null} where that is not known
	 */
	public PricedModule(LlmProvider inner, BiFunction<LlmRequest, LlmResponse, @Nullable Cost> price) {
		super(inner);
		this.price = price;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return this.inner.exchange(request).map((event) -> {
			LlmResponse answer = event.answer();
			return (answer == null) ? event : new LlmEvent.Completed(priced(request, answer));
		});
	}

	/** A provider of the application's own may know better. */
	private LlmResponse priced(LlmRequest request, LlmResponse answer) {
		return (answer.cost() != null) ? answer : answer.withCost(this.price.apply(request, answer));
	}

	/**
	 * The provider alone: a price changes nothing that calls go through.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

}
