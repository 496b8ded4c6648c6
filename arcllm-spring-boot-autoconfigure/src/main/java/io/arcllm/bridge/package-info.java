/**
 * What the bridges to other libraries share.
 */
@NullMarked
package io.arcllm.bridge;

import org.jspecify.annotations.NullMarked;
