package io.arcllm.provider.json;

import java.util.Set;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What vendors and proxies of all formats write with status 200 in place of an answer: a
 * code of their own for an error, or only text. Not safe for use by several threads.
 */
public final class InsteadOfAnswer {

	private static final Set<String> WORDS = Set.of("message", "msg", "error_msg", "errmsg", "detail", "errors");

	private boolean isError;

	private boolean saysWhy;

	/** Starts another document. */
	public void clear() {
		this.isError = false;
		this.saysWhy = false;
	}

	/** Whether the document is an error. */
	public boolean isError() {
		return this.isError;
	}

	/** Whether it has text that is an error if there is no answer beside it. */
	public boolean saysWhy() {
		return this.saysWhy;
	}

	/** Reads a field that is not part of an answer, and moves to its end. */
	public void field(String name, JsonParser parser) {
		if (name.equals("base_resp")) {
			baseResponse(parser);
			return;
		}
		JsonToken token = parser.currentToken();
		if (name.equals("object")) {
			this.isError |= Json.is(parser, "error");
		}
		else if (WORDS.contains(name)) {
			this.saysWhy |= (token == JsonToken.VALUE_STRING && parser.getStringLength() > 0)
					|| (token == JsonToken.START_ARRAY && name.equals("errors"));
		}
		parser.skipChildren();
	}

	/** MiniMax's error code; 0 means no error. */
	private void baseResponse(JsonParser parser) {
		boolean object = Json.beginsObject(parser);
		while (object && parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = parser.currentName();
			parser.nextToken();
			if (name.equals("status_code")) {
				Integer code = Json.integer(parser);
				this.isError |= code != null && code != 0;
			}
			else {
				parser.skipChildren();
			}
		}
	}

}
