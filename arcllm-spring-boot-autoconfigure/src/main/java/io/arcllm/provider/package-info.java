/**
 * What describes a vendor: the SPI of wire formats, and the presets.
 */
@NullMarked
package io.arcllm.provider;

import org.jspecify.annotations.NullMarked;
