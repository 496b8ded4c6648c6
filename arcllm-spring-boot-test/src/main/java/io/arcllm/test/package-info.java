/**
 * What users test with: scripted providers, fake vendors that break on request, time that
 * moves when a test says so, and assertions on trails. The fake vendors need neither
 * JUnit nor AssertJ, so that an application can ship them.
 */
@NullMarked
package io.arcllm.test;

import org.jspecify.annotations.NullMarked;
