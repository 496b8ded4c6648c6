package io.arcllm.provider.error;

import io.arcllm.ErrorKind;

/**
 * Decides what an error means, once. A bean of this type replaces the default one.
 */
@FunctionalInterface
public interface ErrorClassifier {

	/**
	 * What this error means.
	 */
	ErrorKind classify(WireError error);

}
