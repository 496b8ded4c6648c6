package io.arcllm.provider.ollama;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.json.InsteadOfAnswer;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One JSON document of an answer: a line of a stream, or a whole answer. Reused from line
 * to line.
 */
final class OllamaLine {

	/**
	 * A tool call, which always comes in one piece.
	 */
	record Call(@Nullable String id, @Nullable String name, String arguments) {
	}

	final List<Call> calls = new ArrayList<>(0);

	boolean hasMessage;

	boolean isError;

	/** Only true for a complete document. */
	boolean isDone;

	@Nullable String text;

	@Nullable String thinking;

	@Nullable String model;

	@Nullable String createdAt;

	@Nullable String doneReason;

	@Nullable Integer input;

	@Nullable Integer output;

	private final InsteadOfAnswer instead = new InsteadOfAnswer();

	private byte[] bytes = {};

	private int offset;

	private boolean saysDone;

	/** Reads a document; false if it is not exactly one object. */
	boolean read(byte[] bytes, int offset, int length) {
		this.calls.clear();
		this.instead.clear();
		this.hasMessage = false;
		this.saysDone = false;
		this.text = null;
		this.thinking = null;
		this.bytes = bytes;
		this.offset = offset;
		try (JsonParser parser = Json.parser(bytes, offset, length)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				return false;
			}
			while (parser.nextToken() != JsonToken.END_OBJECT) {
				String name = parser.currentName();
				parser.nextToken();
				field(parser, name);
			}
			this.isError |= this.instead.isError();
			boolean whole = parser.nextToken() == null;
			this.isDone = whole && this.saysDone;
			return whole;
		}
		finally {
			this.bytes = new byte[0];
		}
	}

	private void field(JsonParser parser, String name) {
		switch (name) {
			case "message" -> {
				if (parser.currentToken() == JsonToken.START_OBJECT) {
					message(parser);
				}
				else {
					this.instead.field(name, parser);
				}
			}
			case "done" -> {
				this.saysDone = parser.currentToken() == JsonToken.VALUE_TRUE;
				parser.skipChildren();
			}
			case "done_reason" -> this.doneReason = Json.string(parser);
			case "error" -> {
				this.isError = parser.currentToken() != JsonToken.VALUE_NULL;
				parser.skipChildren();
			}
			case "model" -> this.model = first(parser, this.model);
			case "created_at" -> this.createdAt = first(parser, this.createdAt);
			case "prompt_eval_count" -> this.input = Json.laterCount(parser, this.input);
			case "eval_count" -> this.output = Json.laterCount(parser, this.output);
			default -> this.instead.field(name, parser);
		}
	}

	/** Whether the document has a message instead of an answer. */
	boolean saysWhy() {
		return this.instead.saysWhy();
	}

	/** The same on every line, so it is read once. */
	private static @Nullable String first(JsonParser parser, @Nullable String known) {
		if (known == null) {
			return Json.string(parser);
		}
		parser.skipChildren();
		return known;
	}

	private void message(JsonParser parser) {
		this.hasMessage = true;
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			switch (name) {
				case "content" -> this.text = Json.string(parser);
				case "thinking" -> this.thinking = Json.string(parser);
				case "tool_calls" -> calls(parser);
				default -> parser.skipChildren();
			}
		}
	}

	private void calls(JsonParser parser) {
		if (!Json.beginsArray(parser)) {
			return;
		}
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			if (this.calls.size() >= AnswerContext.MOST_PARTS) {
				parser.skipChildren();
			}
			else if (Json.beginsObject(parser)) {
				call(parser);
			}
		}
	}

	private void call(JsonParser parser) {
		String id = null;
		Call function = new Call(null, null, "");
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			if (name.equals("id")) {
				id = Json.string(parser);
			}
			else if (name.equals("function") && Json.beginsObject(parser)) {
				function = function(parser);
			}
			else if (!name.equals("function")) {
				parser.skipChildren();
			}
		}
		this.calls.add(new Call(id, function.name(), function.arguments()));
	}

	private Call function(JsonParser parser) {
		String name = null;
		String arguments = "";
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String field = parser.currentName();
			JsonToken token = parser.nextToken();
			switch (field) {
				case "name" -> name = Json.string(parser);
				case "arguments" -> {
					String text = (token == JsonToken.START_OBJECT) ? Json.raw(parser, this.bytes, this.offset)
							: Json.string(parser);
					arguments = (text != null) ? text : "";
				}
				default -> parser.skipChildren();
			}
		}
		return new Call(null, name, arguments);
	}

}
