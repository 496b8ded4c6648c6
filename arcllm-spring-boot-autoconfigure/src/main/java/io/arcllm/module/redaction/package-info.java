/**
 * Removes personal data and secrets from requests and answers.
 */
@NullMarked
package io.arcllm.module.redaction;

import org.jspecify.annotations.NullMarked;
