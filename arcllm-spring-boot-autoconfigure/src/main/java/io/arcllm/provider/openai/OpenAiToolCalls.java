package io.arcllm.provider.openai;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.arcllm.LlmEvent;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.json.Json;
import io.arcllm.provider.json.ToolArguments;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Finds out which tool call each piece belongs to. Some vendors count calls, some repeat
 * their ids, some do neither, and some give every call the same index.
 */
final class OpenAiToolCalls {

	private final List<Call> calls = new ArrayList<>(0);

	/** Created with the first call, because most answers have none. */
	private Map<@Nullable Integer, Call> byIndex = Map.of();

	private Map<String, Call> byId = Map.of();

	private @Nullable Call last;

	private int kept;

	/**
	 * Adds a piece.
	 * @param answerId the answer's id, from which missing ids of calls are made
	 */
	void add(OpenAiToolPiece piece, @Nullable String answerId, Consumer<LlmEvent> out) {
		Call call = find(piece);
		if (call == null || isAnother(piece, call)) {
			call = begin(piece, call, answerId);
		}
		else if (piece.index() != null && this.byIndex.put(piece.index(), call) == null) {
			this.kept += AnswerContext.PART;
		}
		this.last = call;
		if (call.id.isEmpty() && !piece.id().isEmpty()) {
			call.id = piece.id();
			this.byId.putIfAbsent(call.id, call);
		}
		if (piece.extra() != null) {
			this.kept += piece.extra().length();
			call.extra = piece.extra();
		}
		this.kept += piece.arguments().length();
		announce(call, piece, call.arguments.add(piece.arguments()), answerId, out);
	}

	/** Begins a call that is not known yet, in place of another one with its index. */
	private Call begin(OpenAiToolPiece piece, @Nullable Call instead, @Nullable String answerId) {
		boolean sameId = instead != null && !piece.id().isEmpty() && piece.id().equals(instead.id);
		Call call = new Call(this.calls.size(), sameId ? madeUp(answerId, this.calls.size()) : piece.id());
		if (this.calls.isEmpty()) {
			this.byIndex = new HashMap<>(4);
			this.byId = new HashMap<>(4);
		}
		this.calls.add(call);
		this.byIndex.put(piece.index(), call);
		this.byId.putIfAbsent(call.id, call);
		return call;
	}

	private static void announce(Call call, OpenAiToolPiece piece, String arguments, @Nullable String answerId,
			Consumer<LlmEvent> out) {
		if (call.announced) {
			if (!arguments.isEmpty()) {
				out.accept(new LlmEvent.ToolCallDelta(call.number, "", "", arguments));
			}
		}
		else if (!piece.name().isEmpty()) {
			call.announced = true;
			call.name = piece.name();
			String id = call.id.isEmpty() ? madeUp(answerId, call.number) : call.id;
			out.accept(new LlmEvent.ToolCallDelta(call.number, id, piece.name(), call.arguments.said()));
		}
	}

	/** There are no more pieces: what was held back of calls is passed on. */
	void end(Consumer<LlmEvent> out) {
		for (Call call : this.calls) {
			String rest = call.announced ? call.arguments.rest() : "";
			if (!rest.isEmpty()) {
				out.accept(new LlmEvent.ToolCallDelta(call.number, "", "", rest));
			}
		}
	}

	/** How many characters are kept in addition to those of deltas. */
	int kept() {
		return this.kept;
	}

	int count() {
		return this.calls.size();
	}

	/** Whether the arguments of a call began and did not end. */
	boolean hasHalfMade() {
		for (Call call : this.calls) {
			if (call.arguments.isHalfMade()) {
				return true;
			}
		}
		return false;
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

	/** Whether a call has no name. */
	boolean hasNameless() {
		for (Call call : this.calls) {
			if (!call.announced) {
				return true;
			}
		}
		return false;
	}

	/** A known id means the same call, whatever its index. */
	private @Nullable Call find(OpenAiToolPiece piece) {
		Call known = piece.id().isEmpty() ? null : this.byId.get(piece.id());
		if (known != null) {
			return known;
		}
		if (piece.index() != null) {
			return this.byIndex.get(piece.index());
		}
		return (piece.id().isEmpty() && piece.name().isEmpty()) ? this.last : null;
	}

	/**
	 * Some vendors give every call the same index. Then another id with a name is a new
	 * call, and so is a name after complete arguments, unless the call is repeated. If a
	 * vendor sends ids, a piece without one belongs to the same call. If it sends none,
	 * equal calls are two calls, except for a piece that has only the name.
	 */
	private static boolean isAnother(OpenAiToolPiece piece, Call call) {
		if (!call.announced || piece.name().isEmpty()) {
			return false;
		}
		boolean otherId = !piece.id().isEmpty() && !piece.id().equals(call.id);
		if (otherId || !piece.name().equals(call.name)) {
			return true;
		}
		if (!call.arguments.isWhole() || piece.arguments().isBlank()) {
			return false;
		}
		boolean goesOn = call.arguments.isEmpty() || call.arguments.isSaidAgain(piece.arguments());
		return call.id.isEmpty() || !goesOn;
	}

	private static String madeUp(@Nullable String answerId, int number) {
		return "call_" + ((answerId == null) ? "" : answerId.replaceAll("[^A-Za-z0-9_-]", "") + "_") + number;
	}

	private static final class Call {

		private final int number;

		private final ToolArguments arguments = new ToolArguments();

		private String id;

		private String name = "";

		private boolean announced;

		private @Nullable String extra;

		Call(int number, String id) {
			this.number = number;
			this.id = id;
		}

	}

	/**
	 * A piece of a tool call as the vendor sends it.
	 *
	 * @param index the vendor's index of the call, if it sends one
	 * @param id the call's id, or empty
	 * @param name the tool, or empty
	 * @param arguments the next characters of the arguments
	 * @param extra other data that the vendor needs back with the call, as JSON
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
