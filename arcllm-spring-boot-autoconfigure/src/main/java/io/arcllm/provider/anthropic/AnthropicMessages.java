package io.arcllm.provider.anthropic;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import io.arcllm.provider.json.JsonBody;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Writes the turns of a conversation. Turns of the same role become one, and the results
 * of tools come first in their turn, as Anthropic requires.
 */
final class AnthropicMessages {

	private final String provider;

	private final JsonBody body;

	private final AnthropicBlocks blocks;

	AnthropicMessages(String provider, JsonBody body) {
		this.provider = provider;
		this.body = body;
		this.blocks = new AnthropicBlocks(body);
	}

	void write(List<Message> turns, AnthropicMarks marks) {
		if (turns.isEmpty()) {
			throw this.body.unsupported("messages holds nothing to answer: add a user message");
		}
		JsonGenerator json = this.body.json();
		json.writeStartArray();
		for (int at = 0; at < turns.size(); at++) {
			Message turn = turns.get(at);
			boolean assistant = turn.role() == Message.Role.ASSISTANT;
			json.writeStartObject().writeStringProperty("role", assistant ? "assistant" : "user");
			json.writeName("content").writeStartArray();
			for (int i = 0; i < turn.content().size(); i++) {
				block(turn.content().get(i), assistant, marks.next(at, i) ? marks : null);
			}
			json.writeEndArray().writeEndObject();
		}
		json.writeEndArray();
	}

	/** Marks the last of these blocks where the whole message is marked. */
	static void markLast(Message message, List<Content> blocks) {
		if (message.isCacheable() && !blocks.isEmpty()) {
			int last = blocks.size() - 1;
			blocks.set(last, blocks.get(last).cacheable());
		}
	}

	/** The turns as they are sent, with the marks of messages at their last blocks. */
	List<Message> turns(List<Message> messages) {
		List<Message> turns = new ArrayList<>(messages.size());
		for (Message message : messages) {
			List<Content> content = sent(message);
			if (message.role() == Message.Role.SYSTEM || content.isEmpty()) {
				continue;
			}
			int last = turns.size() - 1;
			if (last >= 0 && turns.get(last).role() == message.role()) {
				List<Content> joined = new ArrayList<>(turns.get(last).content());
				joined.addAll(content);
				turns.set(last, new Message(message.role(), joined));
			}
			else {
				turns.add(new Message(message.role(), content));
			}
		}
		turns.replaceAll(AnthropicMessages::resultsFirst);
		return turns;
	}

	private List<Content> sent(Message message) {
		List<Content> content = new ArrayList<>(message.content().size());
		for (Content block : message.content()) {
			if (isSent(block)) {
				content.add(block);
			}
		}
		markLast(message, content);
		return content;
	}

	private static Message resultsFirst(Message turn) {
		if (turn.role() != Message.Role.USER
				|| turn.content().stream().noneMatch(Content.ToolResult.class::isInstance)) {
			return turn;
		}
		List<Content> ordered = new ArrayList<>(turn.content());
		ordered.sort((one, other) -> Boolean.compare(other instanceof Content.ToolResult,
				one instanceof Content.ToolResult));
		return new Message(turn.role(), ordered);
	}

	private boolean isSent(Content block) {
		if (block instanceof Content.Thinking) {
			return AnthropicThinking.isOwn(block, this.provider);
		}
		if (block instanceof Content.Opaque opaque) {
			return opaque.provider().equals(this.provider);
		}
		return !isBlank(block) && !block.isForeignTo(this.provider);
	}

	/** Whether this is a blank text, which Anthropic refuses. */
	static boolean isBlank(Content block) {
		return block instanceof Content.Text text && text.text().isBlank();
	}

	private void block(Content block, boolean assistant, @Nullable AnthropicMarks mark) {
		boolean fits = (block instanceof Content.Thinking || block instanceof ToolCall) ? assistant
				: !assistant || block instanceof Content.Text || block instanceof Content.Opaque;
		if (!fits) {
			throw this.body.unsupported(block.getClass().getSimpleName() + " cannot be part of "
					+ (assistant ? "an assistant" : "a user") + " message at Anthropic: move it to "
					+ (assistant ? "a user" : "an assistant") + " message");
		}
		this.blocks.write(block, mark);
	}

}
