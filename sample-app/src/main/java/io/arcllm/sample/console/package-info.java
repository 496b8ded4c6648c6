/**
 * The endpoints of the page at {@code /}: answers as they arrive, the state of the
 * targets, and storms.
 */
@NullMarked
package io.arcllm.sample.console;

import org.jspecify.annotations.NullMarked;
