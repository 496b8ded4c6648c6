package io.arcllm.provider.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.arcllm.LlmEvent;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Finds out which call each piece belongs to. Vendors count calls, or repeat their ids,
 * or do neither, or count every one as the first.
 */
final class OpenAiToolCalls {

	private final List<Call> calls = new ArrayList<>(0);

	private @Nullable Call last;

	/**
	 * Takes up a piece.
	 * @param answerId the answer's id, to make up ids of calls that have none
	 */
	void add(OpenAiToolPiece piece, @Nullable String answerId, Consumer<LlmEvent> out) {
		Call call = find(piece);
		if (call == null) {
			call = new Call(piece.index(), this.calls.size());
			this.calls.add(call);
		}
		this.last = call;
		call.id = call.id.isEmpty() ? piece.id() : call.id;
		call.extra = (piece.extra() != null) ? piece.extra() : call.extra;
		if (call.announced) {
			if (!piece.arguments().isEmpty()) {
				out.accept(new LlmEvent.ToolCallDelta(call.number, "", "", piece.arguments()));
			}
			return;
		}
		call.held += piece.arguments();
		if (!piece.name().isEmpty()) {
			call.announced = true;
			String id = call.id.isEmpty() ? madeUp(answerId, call.number) : call.id;
			out.accept(new LlmEvent.ToolCallDelta(call.number, id, piece.name(), call.held));
		}
	}

	boolean isEmpty() {
		return this.calls.isEmpty();
	}

	/** What the vendor wants back with calls, by their numbers. */
	void extras(BiConsumer<Integer, String> out) {
		for (Call call : this.calls) {
			if (call.announced && call.extra != null) {
				out.accept(call.number, call.extra);
			}
		}
	}

	/** Whether there is a call of no known tool. */
	boolean hasNameless() {
		for (Call call : this.calls) {
			if (!call.announced) {
				return true;
			}
		}
		return false;
	}

	private @Nullable Call find(OpenAiToolPiece piece) {
		if (piece.index() != null) {
			for (int i = this.calls.size() - 1; i >= 0; i--) {
				Call call = this.calls.get(i);
				if (piece.index().equals(call.index)) {
					return isAnother(piece, call) ? null : call;
				}
			}
			return null;
		}
		if (!piece.id().isEmpty()) {
			return this.calls.stream().filter((call) -> call.id.equals(piece.id())).findFirst().orElse(null);
		}
		return piece.name().isEmpty() ? this.last : null;
	}

	/** Some vendors give every call the same index: another id with a name is new. */
	private static boolean isAnother(OpenAiToolPiece piece, Call call) {
		return call.announced && !piece.name().isEmpty() && !piece.id().isEmpty() && !piece.id().equals(call.id);
	}

	private static String madeUp(@Nullable String answerId, int number) {
		return "call_" + ((answerId == null) ? "" : answerId.replaceAll("[^A-Za-z0-9_-]", "") + "_") + number;
	}

	private static final class Call {

		private final @Nullable Integer index;

		private final int number;

		private String id = "";

		private String held = "";

		private boolean announced;

		private @Nullable String extra;

		Call(@Nullable Integer index, int number) {
			this.index = index;
			this.number = number;
		}

	}

	/**
	 * A piece of a tool call as the vendor sends it.
	 *
	 * @param index the vendor's count of calls, where it counts
	 * @param id the call's id, or empty
	 * @param name the tool, or empty
	 * @param arguments the next characters of the arguments
	 * @param extra what else the vendor wants back with the call, as JSON
	 */
	record OpenAiToolPiece(@Nullable Integer index, String id, String name, String arguments, @Nullable String extra) {

		/** Reads the object at the parser. */
		static OpenAiToolPiece read(JsonParser parser, byte[] bytes, int offset) {
			Integer index = null;
			String id = "";
			OpenAiToolPiece function = new OpenAiToolPiece(null, "", "", "", null);
			String extra = null;
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				String field = parser.currentName();
				JsonToken value = parser.nextToken();
				switch (field) {
					case "index" -> index = Json.integer(parser);
					case "id" -> id = orEmpty(Json.string(parser));
					case "function" -> function = function(parser, bytes, offset);
					case "extra_content" -> extra = (value == JsonToken.START_OBJECT)
							? nullIfEmpty(Json.raw(parser, bytes, offset)) : skipped(parser);
					default -> parser.skipChildren();
				}
			}
			return new OpenAiToolPiece(index, id, function.name(), function.arguments(), extra);
		}

		/** Reads the name and the arguments alone. */
		static OpenAiToolPiece function(JsonParser parser, byte[] bytes, int offset) {
			String name = "";
			String arguments = "";
			if (Json.beginsObject(parser)) {
				while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
					String field = parser.currentName();
					JsonToken value = parser.nextToken();
					switch (field) {
						case "name" -> name = orEmpty(Json.string(parser));
						case "arguments" -> arguments = (value == JsonToken.START_OBJECT)
								? Json.raw(parser, bytes, offset) : orEmpty(Json.string(parser));
						default -> parser.skipChildren();
					}
				}
			}
			return new OpenAiToolPiece(null, "", name, arguments, null);
		}

		private static @Nullable String nullIfEmpty(String json) {
			return json.equals("{}") ? null : json;
		}

		private static @Nullable String skipped(JsonParser parser) {
			parser.skipChildren();
			return null;
		}

		private static String orEmpty(@Nullable String text) {
			return (text == null) ? "" : text;
		}

	}

}
