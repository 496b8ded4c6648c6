package io.arcllm;

import java.util.ArrayList;
import java.util.List;

/**
 * The blocks of an answer under construction, in order. A value that is set again
 * replaces the earlier one. Not safe for use by several threads.
 */
final class Blocks {

	private final List<Content> content;

	Blocks(List<? extends Content> content) {
		this.content = new ArrayList<>(content);
	}

	/**
	 * Sets the text. It replaces the present one, or stands after thinking and before
	 * tool calls.
	 */
	void text(String text) {
		int place = place(Content.Text.class, place(ToolCall.class, this.content.size()));
		this.content.removeIf(Content.Text.class::isInstance);
		if (!text.isEmpty()) {
			this.content.add(place, new Content.Text(text));
		}
	}

	/** Sets the tool calls. They replace the present ones, or stand at the end. */
	void toolCalls(List<ToolCall> calls) {
		int place = place(ToolCall.class, -1);
		this.content.removeIf(ToolCall.class::isInstance);
		this.content.addAll((place >= 0) ? place : this.content.size(), calls);
	}

	boolean hasToolCalls() {
		return this.content.stream().anyMatch(ToolCall.class::isInstance);
	}

	private int place(Class<? extends Content> type, int otherwise) {
		for (int i = 0; i < this.content.size(); i++) {
			if (type.isInstance(this.content.get(i))) {
				return i;
			}
		}
		return otherwise;
	}

	List<Content> list() {
		return this.content;
	}

}
