package io.arcllm.module.fallback;

import java.util.List;

import io.arcllm.LlmEvent;

/**
 * Joins the answer of a second attempt to what the caller has of the first: says what is
 * passed on of each of its events.
 */
interface Joint {

	/**
	 * What follows for the caller.
	 * @throws DivergedException if the second answer contradicts the first
	 */
	List<LlmEvent> next(LlmEvent event);

}
