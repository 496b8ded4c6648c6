/**
 * Three simulated vendors on loopback ports, in their real wire formats, with dials that
 * break them. Needs nothing else of this application.
 */
@NullMarked
package io.arcllm.sample.simulator;

import org.jspecify.annotations.NullMarked;
