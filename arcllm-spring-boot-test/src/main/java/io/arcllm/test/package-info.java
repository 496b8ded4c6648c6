/**
 * The test kit: scripted providers, fake vendors that break on request, time that a test
 * moves, and assertions on trails. The fake vendors need neither JUnit nor AssertJ, so
 * that an application can ship them.
 */
@NullMarked
package io.arcllm.test;

import org.jspecify.annotations.NullMarked;
