/**
 * LangChain4j: a stack as its chat models, and its chat models as targets.
 */
@NullMarked
package io.arcllm.bridge.langchain4j;

import org.jspecify.annotations.NullMarked;
