/**
 * One attempt at one target: its contract, its time limits, its commit point.
 */
@NullMarked
package io.arcllm.module.attempt;

import org.jspecify.annotations.NullMarked;
