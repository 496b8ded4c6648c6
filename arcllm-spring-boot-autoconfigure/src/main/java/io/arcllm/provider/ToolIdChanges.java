package io.arcllm.provider;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.ToolCall;

/**
 * Translates the ids of a conversation's tool calls and of their results, in their order,
 * so that both ends are alike. Some vendors count calls from the start in each turn: an
 * id that was used before gets another one, since others refuse it. Not safe for use by
 * several threads.
 */
final class ToolIdChanges {

	private final ToolIds ids;

	/** How often each id was used for a call so far. */
	private Map<String, Integer> uses = Map.of();

	/** By the id of calls, those that are sent for the ones that are not answered yet. */
	private Map<String, Deque<String>> open = Map.of();

	/** By the id of calls, the one that is sent for the one that was answered last. */
	private Map<String, String> answered = Map.of();

	ToolIdChanges(ToolIds ids) {
		this.ids = ids;
	}

	/** The message with its ids as they are sent; the same one where all fit. */
	Message of(Message message) {
		List<Content> changed = null;
		for (int i = 0; i < message.content().size(); i++) {
			Content part = message.content().get(i);
			Content sent = of(part);
			if (sent != part) {
				changed = (changed == null) ? new ArrayList<>(message.content()) : changed;
				changed.set(i, sent);
			}
		}
		return (changed == null) ? message : new Message(message.role(), changed, message.isCacheable());
	}

	private Content of(Content part) {
		if (part instanceof ToolCall call) {
			String id = called(call.id());
			return id.equals(call.id()) ? call : new ToolCall(id, call.name(), call.rawArguments(),
					call.parsedArguments(), call.vendorData(), call.isCacheable());
		}
		if (part instanceof Content.ToolResult result) {
			String id = answered(result.toolCallId());
			return id.equals(result.toolCallId()) ? result
					: new Content.ToolResult(id, result.content(), result.isError(), result.isCacheable());
		}
		return part;
	}

	private String called(String id) {
		if (this.uses.isEmpty()) {
			this.uses = new HashMap<>();
			this.open = new HashMap<>();
			this.answered = new HashMap<>();
		}
		int use = this.uses.merge(id, 1, Integer::sum);
		String sent = this.ids.translate((use == 1) ? id : id + "#" + use);
		this.open.computeIfAbsent(id, (one) -> new ArrayDeque<>(2)).add(sent);
		return sent;
	}

	private String answered(String id) {
		Deque<String> calls = this.open.get(id);
		String sent = (calls == null) ? null : calls.poll();
		if (sent == null) {
			return this.answered.getOrDefault(id, this.ids.translate(id));
		}
		this.answered.put(id, sent);
		return sent;
	}

}
