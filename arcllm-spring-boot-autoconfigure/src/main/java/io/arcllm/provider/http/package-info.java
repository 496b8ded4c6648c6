/**
 * One request over HTTP, and its body read as it arrives.
 */
@NullMarked
package io.arcllm.provider.http;

import org.jspecify.annotations.NullMarked;
