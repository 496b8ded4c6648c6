package io.arcllm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Offers a method to models, in a {@link ToolLoop}: its name is the tool's name, and its
 * parameters make the schema. Describe parameters with Jackson's
 * {@code @JsonPropertyDescription}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface LlmTool {

	/** What the tool does and when to use it, for the model. */
	String value() default "";

	/** The same as {@link #value()}. */
	String description() default "";

	/** The tool's name, if it differs from the method's. */
	String name() default "";

}
