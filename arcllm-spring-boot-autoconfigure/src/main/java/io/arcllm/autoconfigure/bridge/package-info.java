/**
 * Beans of other libraries' models: theirs as targets, ours as theirs.
 */
@NullMarked
package io.arcllm.autoconfigure.bridge;

import org.jspecify.annotations.NullMarked;
