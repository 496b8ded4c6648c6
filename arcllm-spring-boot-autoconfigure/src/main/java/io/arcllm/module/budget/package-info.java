/**
 * Keeps calls within an amount of money.
 */
@NullMarked
package io.arcllm.module.budget;

import org.jspecify.annotations.NullMarked;
