package io.arcllm.provider.anthropic;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.Tool;
import io.arcllm.provider.PromptCache;
import tools.jackson.core.JsonGenerator;

/**
 * The cache marks of one request. Anthropic keeps the prompt up to each of them. They are
 * in the order of the prompt (tools, instructions, turns); of more than four, the last
 * four are used.
 */
final class AnthropicMarks {

	private static final int MOST = 4;

	private final PromptCache cache;

	private final List<Tool> tools;

	private final List<Content> system;

	private final List<Message> turns;

	/** How many marks of each section are still skipped. */
	private int toolsLeft;

	private int systemLeft;

	private int turnsLeft;

	/**
	 * @param cache whether marks are added where the request has none
	 * @param tools as they are sent
	 * @param system the instructions as they are sent
	 * @param turns as they are sent
	 */
	AnthropicMarks(PromptCache cache, List<Tool> tools, List<Content> system, List<Message> turns) {
		this.cache = cache;
		this.tools = tools;
		this.system = system;
		this.turns = turns;
		int ofTools = 0;
		for (int i = 0; i < tools.size(); i++) {
			ofTools += isMarked(tools.get(i), i) ? 1 : 0;
		}
		int ofSystem = 0;
		for (int i = 0; i < system.size(); i++) {
			ofSystem += isMarkedSystem(i) ? 1 : 0;
		}
		int ofTurns = 0;
		for (int turn = 0; turn < turns.size(); turn++) {
			for (int i = 0; i < turns.get(turn).content().size(); i++) {
				ofTurns += isMarked(turn, i) ? 1 : 0;
			}
		}
		int tooMany = Math.max(0, ofTools + ofSystem + ofTurns - MOST);
		this.toolsLeft = Math.min(tooMany, ofTools);
		this.systemLeft = Math.min(tooMany - this.toolsLeft, ofSystem);
		this.turnsLeft = tooMany - this.toolsLeft - this.systemLeft;
	}

	private boolean isMarked(Tool tool, int i) {
		return tool.isCacheable() || (this.cache.auto() && i == this.tools.size() - 1);
	}

	private boolean isMarkedSystem(int i) {
		return this.system.get(i).isCacheable() || (this.cache.auto() && i == this.system.size() - 1);
	}

	/** Signed blocks must stay unchanged, so they have no marks. */
	private boolean isMarked(int turn, int i) {
		List<Content> content = this.turns.get(turn).content();
		Content block = content.get(i);
		boolean last = turn == this.turns.size() - 1 && i == content.size() - 1;
		boolean signed = block instanceof Content.Thinking || block instanceof Content.Opaque;
		return !signed && (block.isCacheable() || (this.cache.auto() && last));
	}

	/** Ends the object of a tool, with its mark. */
	void end(JsonGenerator json, Tool tool, int i) {
		if (isMarked(tool, i) && --this.toolsLeft < 0) {
			write(json);
		}
		json.writeEndObject();
	}

	/** The mark of a block of the instructions, inside its object. */
	void system(JsonGenerator json, int i) {
		if (isMarkedSystem(i) && --this.systemLeft < 0) {
			write(json);
		}
	}

	/** Whether this block of a turn gets a mark; called once for each block, in order. */
	boolean next(int turn, int i) {
		return isMarked(turn, i) && --this.turnsLeft < 0;
	}

	/** The mark, inside the object of what is marked. */
	void write(JsonGenerator json) {
		Map<String, Object> mark = new LinkedHashMap<>();
		mark.put("type", "ephemeral");
		if (this.cache.lifetime().compareTo(Duration.ofMinutes(5)) > 0) {
			mark.put("ttl", "1h");
		}
		json.writePOJOProperty("cache_control", mark);
	}

}
