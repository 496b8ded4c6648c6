/**
 * What a vendor must say to be one: the format SPI and the presets.
 */
@NullMarked
package io.arcllm.provider;

import org.jspecify.annotations.NullMarked;
