package io.arcllm.provider.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an answer that its vendor wants back unchanged with the turn:
 * OpenRouter's {@code reasoning_details}, whose pieces are joined, and the
 * {@code extra_content} of Gemini's words.
 */
final class OpenAiDetails {

	private final List<String> reasoning = new ArrayList<>(0);

	private @Nullable String extra;

	private int kept;

	void add(OpenAiDelta delta) {
		for (String detail : delta.reasoningDetails) {
			this.kept += AnswerContext.PART + detail.length();
			this.reasoning.add(detail);
		}
		if (delta.extra != null) {
			this.kept += delta.extra.length();
			this.extra = delta.extra;
		}
	}

	/** The number of blocks. */
	int count() {
		return this.reasoning.size();
	}

	/** How many characters are kept. */
	int kept() {
		return this.kept;
	}

	/** The fields as a JSON object, once; {@code null} for none. */
	@Nullable String take() {
		String json = json();
		this.reasoning.clear();
		this.extra = null;
		return json;
	}

	private @Nullable String json() {
		if (this.reasoning.isEmpty()) {
			return (this.extra == null) ? null : "{\"extra_content\":" + this.extra + "}";
		}
		String details = "\"reasoning_details\":[" + String.join(",", joined()) + "]";
		return "{" + details + ((this.extra == null) ? "" : ",\"extra_content\":" + this.extra) + "}";
	}

	/**
	 * Joins consecutive pieces of one detail; a complete detail stays as it is.
	 */
	private List<String> joined() {
		List<String> joined = new ArrayList<>();
		Joining open = null;
		for (String detail : this.reasoning) {
			Map<String, @Nullable Object> fields = Json.object(detail);
			if (open != null && fields != null && open.goesOnWith(fields)) {
				open.add(fields);
				continue;
			}
			if (open != null) {
				joined.add(open.json());
			}
			open = (fields == null) ? null : new Joining(detail, fields);
		}
		if (open != null) {
			joined.add(open.json());
		}
		return joined;
	}

	/** One detail, of which more pieces may come. */
	private static final class Joining {

		private final String first;

		private final Map<String, @Nullable Object> fields;

		private final String words;

		private final StringBuilder said;

		private boolean several;

		Joining(String first, Map<String, @Nullable Object> fields) {
			this.first = first;
			this.fields = new LinkedHashMap<>(fields);
			this.words = "reasoning.summary".equals(fields.get("type")) ? "summary" : "text";
			this.said = new StringBuilder(Objects.toString(fields.get(this.words), ""));
		}

		boolean goesOnWith(Map<String, @Nullable Object> next) {
			Object type = next.get("type");
			boolean inPieces = "reasoning.text".equals(type) || "reasoning.summary".equals(type);
			return inPieces && Objects.equals(type, this.fields.get("type"))
					&& Objects.equals(next.get("index"), this.fields.get("index"))
					&& this.fields.get("signature") == null;
		}

		void add(Map<String, @Nullable Object> next) {
			this.several = true;
			this.said.append(Objects.toString(next.get(this.words), ""));
			next.forEach((name, value) -> {
				if (value != null) {
					this.fields.put(name, value);
				}
			});
		}

		String json() {
			if (!this.several) {
				return this.first;
			}
			this.fields.put(this.words, this.said.toString());
			return Json.text(this.fields);
		}

	}

}
