/**
 * Decides in which order the targets of a chain are asked.
 */
@NullMarked
package io.arcllm.module.routing;

import org.jspecify.annotations.NullMarked;
