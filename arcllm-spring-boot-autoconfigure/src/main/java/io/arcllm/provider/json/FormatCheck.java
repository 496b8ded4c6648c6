package io.arcllm.provider.json;

import java.util.Map;

import io.arcllm.ResponseFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Says whether the words of an answer are of the format that the request asked for.
 */
public final class FormatCheck {

	private FormatCheck() {
	}

	/**
	 * Whether the text is JSON where JSON is wanted, and the schema holds of it where
	 * there is one.
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
