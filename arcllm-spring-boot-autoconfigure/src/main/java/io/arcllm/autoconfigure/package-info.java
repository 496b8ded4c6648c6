/**
 * Makes beans of all this: the only package that knows Spring Boot.
 */
@NullMarked
package io.arcllm.autoconfigure;

import org.jspecify.annotations.NullMarked;
