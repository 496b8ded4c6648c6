/**
 * What the page at {@code /} asks: answers as they are made, the state of the targets,
 * and storms.
 */
@NullMarked
package io.arcllm.sample.console;

import org.jspecify.annotations.NullMarked;
