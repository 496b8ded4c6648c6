/**
 * What a module author extends, and what modules know together about a call.
 * <p>
 * The words for time:
 * <ul>
 * <li><em>retry after</em>: what a vendor says, the earliest moment at which it wants to
 * be asked again. An error has it, and so has the rejection of a gate.
 * <li><em>wait</em>: how long a call does nothing before its next attempt.
 * <li><em>delay</em>: how long a hedge comes after the request that it is for.
 * <li><em>pause</em>: how long a target is asked by no call, because of one answer of it.
 * <li><em>open</em>: how long a breaker admits no call, because of several failures.
 * </ul>
 */
@NullMarked
package io.arcllm.module;

import org.jspecify.annotations.NullMarked;
