/**
 * What each module costs around a provider that answers at once.
 */
@NullMarked
package io.arcllm.benchmarks.modules;

import org.jspecify.annotations.NullMarked;
