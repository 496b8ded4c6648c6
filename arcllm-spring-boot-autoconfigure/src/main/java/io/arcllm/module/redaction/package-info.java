/**
 * Takes personal data and secrets out of requests and answers.
 */
@NullMarked
package io.arcllm.module.redaction;

import org.jspecify.annotations.NullMarked;
