package io.arcllm.module.fallback;

/**
 * A second answer is not the one that was already delivered in part.
 */
final class DivergedException extends RuntimeException {

	DivergedException(String message) {
		super(message, null, false, false);
	}

}
