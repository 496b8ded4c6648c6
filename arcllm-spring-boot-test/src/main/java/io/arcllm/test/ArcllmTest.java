package io.arcllm.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Beside {@code @SpringBootTest}: points every provider that the application configures
 * at fake vendors on loopback, so that the application's own YAML is tested. Base URL and
 * key are replaced, all else stays as configured. {@link FakeVendors} and
 * {@link ArcllmTime} are beans of the test's context, reset before each test; a vendor
 * has the provider's name. So are the models of Spring AI's own OpenAI, Anthropic and
 * Ollama starters that a provider asks; other libraries' models stay as they are.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface ArcllmTest {

}
