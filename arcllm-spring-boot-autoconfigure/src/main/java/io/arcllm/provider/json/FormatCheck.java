package io.arcllm.provider.json;

import java.util.Map;

import io.arcllm.ResponseFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Checks whether the text of an answer matches the format of the request. Safe for use by
 * many threads.
 */
public final class FormatCheck {

	private FormatCheck() {
	}

	/**
	 * Whether the text is JSON if the format is JSON, and matches the schema if there is
	 * one.
	 */
	public static boolean holds(ResponseFormat format, String text) {
		if (format.type() == ResponseFormat.Type.TEXT) {
			return true;
		}
		try {
			JsonNode value = Json.tree(text);
			Map<String, Object> said = format.schema();
			if (said != null) {
				JsonNode schema = Json.MAPPER.valueToTree(said);
				new SchemaCheck(schema).check(value, schema, "");
			}
			return !value.isMissingNode();
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return false;
		}
	}

}
