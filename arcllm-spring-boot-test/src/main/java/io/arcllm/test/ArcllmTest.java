package io.arcllm.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Used with {@code @SpringBootTest}: points every configured provider at a fake vendor on
 * loopback, so that the application's own YAML is tested. Base URL, keys and proxy are
 * replaced; everything else stays as configured. {@link FakeVendors} and
 * {@link ArcllmTime} are beans of the test's context and are reset before each test. A
 * vendor has the name of its provider. Models of Spring AI's OpenAI, Anthropic and Ollama
 * starters that a provider asks are pointed at fake vendors, too; other libraries' models
 * stay as they are.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface ArcllmTest {

}
