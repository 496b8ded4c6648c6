package io.arcllm.provider.error;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the complete parts of a JSON document that was cut off.
 */
final class BrokenJson {

	private final JsonMapper mapper;

	private final ObjectReader reader;

	private final JsonParser parser;

	private boolean cut;

	private BrokenJson(JsonMapper mapper, JsonParser parser) {
		this.mapper = mapper;
		this.reader = mapper.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
		this.parser = parser;
	}

	/** The beginning of the document, or the missing node. */
	static JsonNode read(JsonMapper mapper, String json) {
		try (JsonParser parser = mapper.createParser(json)) {
			parser.nextToken();
			return new BrokenJson(mapper, parser).value();
		}
		catch (JacksonException ex) {
			return MissingNode.getInstance();
		}
	}

	private JsonNode value() {
		JsonToken token = this.parser.currentToken();
		if (token == JsonToken.START_OBJECT) {
			return object();
		}
		return (token == JsonToken.START_ARRAY) ? array() : this.reader.readTree(this.parser);
	}

	private JsonNode object() {
		ObjectNode object = this.mapper.createObjectNode();
		try {
			while (!this.cut && this.parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String name = this.parser.currentName();
				this.parser.nextToken();
				object.set(name, value());
			}
		}
		catch (JacksonException ex) {
			this.cut = true;
		}
		return object;
	}

	private JsonNode array() {
		ArrayNode array = this.mapper.createArrayNode();
		try {
			while (!this.cut && this.parser.nextToken() != JsonToken.END_ARRAY && this.parser.currentToken() != null) {
				array.add(value());
			}
		}
		catch (JacksonException ex) {
			this.cut = true;
		}
		return array;
	}

}
