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
 * Translates the ids of a conversation's tool calls and of their results, in order, so
 * that both match. Some vendors count calls from the start in each turn; an id that was
 * used before is replaced, because other vendors refuse it. Not safe for use by several
 * threads.
 */
final class ToolIdChanges {

	/** Up to this many calls are compared with each other. */
	private static final int FEW = 64;

	private final ToolIds ids;

	/** How often each id was used for a call so far. */
	private Map<String, Integer> uses = Map.of();

	/** The ids that are sent for calls without a result, by the id of the call. */
	private Map<String, Deque<String>> open = Map.of();

	/** The id that was sent for the last call with a result, by the id of the call. */
	private Map<String, String> answered = Map.of();

	ToolIdChanges(ToolIds ids) {
		this.ids = ids;
	}

	/**
	 * Whether an id has another form, or is used by several calls. Allocates nothing.
	 */
	static boolean isNeeded(ToolIds ids, List<Message> messages) {
		int calls = 0;
		for (int i = 0; i < messages.size(); i++) {
			List<Content> content = messages.get(i).content();
			for (int k = 0; k < content.size(); k++) {
				Content part = content.get(k);
				String id = (part instanceof ToolCall call) ? call.id()
						: (part instanceof Content.ToolResult result) ? result.toolCallId() : null;
				if (id != null && !ids.takes(id)) {
					return true;
				}
				if (part instanceof ToolCall call && (++calls > FEW || isCalledBefore(call.id(), messages, i, k))) {
					return true;
				}
			}
		}
		return false;
	}

	private static boolean isCalledBefore(String id, List<Message> messages, int message, int part) {
		for (int i = 0; i <= message; i++) {
			List<Content> content = messages.get(i).content();
			int end = (i == message) ? part : content.size();
			for (int k = 0; k < end; k++) {
				if (content.get(k) instanceof ToolCall call && call.id().equals(id)) {
					return true;
				}
			}
		}
		return false;
	}

	/** The message with its ids as they are sent; the same object if all fit. */
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
