package io.arcllm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What the answer must look like.
 *
 * @param type text, JSON, or JSON of a schema
 * @param name the schema's name
 * @param schema the JSON schema, for {@link Type#JSON_SCHEMA}
 * @param strict whether the vendor must make the answer match the schema, if it can
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResponseFormat(Type type, @Nullable String name, @Nullable Map<String, Object> schema,
		@Nullable Boolean strict) {

	/** Text. */
	public static final ResponseFormat TEXT = new ResponseFormat(Type.TEXT, null, null, null);

	/** Any JSON. */
	public static final ResponseFormat JSON = new ResponseFormat(Type.JSON, null, null, null);

	/**
	 * What the answer must look like.
	 */
	public enum Type {

		/** Text. */
		TEXT,

		/** Any JSON. */
		JSON,

		/** JSON of a schema. */
		JSON_SCHEMA

	}

	public ResponseFormat {
		if ((type == Type.JSON_SCHEMA) != (schema != null)) {
			throw new IllegalArgumentException("A schema belongs to type JSON_SCHEMA, and to it alone");
		}
		schema = (schema == null) ? null : Collections.unmodifiableMap(new LinkedHashMap<>(schema));
	}

	/** JSON of a schema. */
	public static ResponseFormat jsonSchema(String name, Map<String, Object> schema) {
		return new ResponseFormat(Type.JSON_SCHEMA, name, schema, true);
	}

}
