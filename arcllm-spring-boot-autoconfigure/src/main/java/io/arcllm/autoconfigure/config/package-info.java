/**
 * Reads and checks what is written under {@code arcllm}.
 */
@NullMarked
package io.arcllm.autoconfigure.config;

import org.jspecify.annotations.NullMarked;
