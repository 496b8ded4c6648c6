package io.arcllm.provider.error;

import io.arcllm.ErrorKind;

/**
 * Decides which kind an error is; called once for each error. A bean of this type
 * replaces the default. Must be safe for use by many threads.
 */
@FunctionalInterface
public interface ErrorClassifier {

	/**
	 * The kind of this error.
	 */
	ErrorKind classify(WireError error);

}
