/**
 * The wire formats of the fake vendors, from the vendor's side, without I/O.
 */
@NullMarked
package io.arcllm.test.vendor;

import org.jspecify.annotations.NullMarked;
