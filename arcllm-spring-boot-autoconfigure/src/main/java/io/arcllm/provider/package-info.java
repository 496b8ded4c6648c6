/**
 * Carries a request over HTTP and the answer back: the only code on the wire.
 */
@NullMarked
package io.arcllm.provider;

import org.jspecify.annotations.NullMarked;
