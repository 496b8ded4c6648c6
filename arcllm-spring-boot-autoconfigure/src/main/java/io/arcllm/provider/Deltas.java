package io.arcllm.provider;

import java.util.ArrayList;
import java.util.List;

import io.arcllm.Content;
import io.arcllm.LlmEvent;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;

/**
 * The deltas of an answer that came whole though a stream was asked for.
 */
public final class Deltas {

	private Deltas() {
	}

	public static List<LlmEvent> of(LlmResponse response) {
		List<LlmEvent> deltas = new ArrayList<>();
		for (Content.Thinking thinking : response.thinking()) {
			if (!thinking.text().isEmpty()) {
				deltas.add(new LlmEvent.ThinkingDelta(thinking.text()));
			}
		}
		if (!response.text().isEmpty()) {
			deltas.add(new LlmEvent.TextDelta(response.text()));
		}
		int index = 0;
		for (ToolCall call : response.toolCalls()) {
			deltas.add(new LlmEvent.ToolCallDelta(index++, call.id(), call.name(), call.rawArguments()));
		}
		return deltas;
	}

}
