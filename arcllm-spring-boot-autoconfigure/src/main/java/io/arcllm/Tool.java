package io.arcllm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A tool that the model may call.
 *
 * @param name letters, digits, {@code _} and {@code -}
 * @param description what it is for; the model reads this
 * @param parameters the arguments' JSON schema; empty for none
 * @param strict whether the vendor must make the arguments match the schema, if it can
 * @param isCacheable whether the tools up to this one are worth keeping in the vendor's
 * cache
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Tool(String name, @AbsentIsEmpty String description, @AbsentIsEmpty Map<String, Object> parameters,
		@Nullable Boolean strict, @CacheMark boolean isCacheable) {

	public Tool {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(description, "description");
		parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
	}

	/**
	 * A tool without a mark.
	 */
	public Tool(String name, String description, Map<String, Object> parameters, @Nullable Boolean strict) {
		this(name, description, parameters, strict, false);
	}

	/**
	 * The same tool, marked as the end of a list that is worth keeping in the vendor's
	 * cache. For vendors without such marks it is left out.
	 */
	public Tool cacheable() {
		return new Tool(this.name, this.description, this.parameters, this.strict, true);
	}

	/**
	 * A tool that is neither strict nor marked.
	 */
	public static Tool of(String name, String description, Map<String, Object> parameters) {
		return new Tool(name, description, parameters, null);
	}

}
