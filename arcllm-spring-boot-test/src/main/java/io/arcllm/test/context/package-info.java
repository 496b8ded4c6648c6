/**
 * Puts fake vendors and movable time into the contexts of tests.
 */
@NullMarked
package io.arcllm.test.context;

import org.jspecify.annotations.NullMarked;
