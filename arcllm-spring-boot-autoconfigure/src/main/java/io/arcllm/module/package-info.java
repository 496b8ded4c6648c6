/**
 * The wrapper every module extends, and the contract guard at the heart of every stack.
 */
@NullMarked
package io.arcllm.module;

import org.jspecify.annotations.NullMarked;
