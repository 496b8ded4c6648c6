/**
 * What a module author extends, and what modules know together about a call.
 */
@NullMarked
package io.arcllm.module;

import org.jspecify.annotations.NullMarked;
