/**
 * Auto-configurations and bean registration: nothing else.
 */
@NullMarked
package io.arcllm.autoconfigure;

import org.jspecify.annotations.NullMarked;
