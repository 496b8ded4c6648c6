package io.arcllm.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.ToolCall;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One answer of a script: deltas, then the whole answer, a failure or silence. Compared
 * by identity, since two equal answers of a script are two.
 */
final class ScriptedAnswer {

	private final List<LlmEvent> deltas;

	private final Duration gap;

	private final Flux<LlmEvent> end;

	private ScriptedAnswer(List<LlmEvent> deltas, Duration gap, Flux<LlmEvent> end) {
		this.deltas = deltas;
		this.gap = gap;
		this.end = end;
	}

	static ScriptedAnswer of(LlmResponse response) {
		List<LlmEvent> deltas = new ArrayList<>();
		ScriptedLlm.words(response.text()).forEach((word) -> deltas.add(new LlmEvent.TextDelta(word)));
		for (int i = 0; i < response.toolCalls().size(); i++) {
			ToolCall call = response.toolCalls().get(i);
			deltas.add(new LlmEvent.ToolCallDelta(i, call.id(), call.name(), call.rawArguments()));
		}
		return new ScriptedAnswer(deltas, Duration.ZERO, Flux.just(new LlmEvent.Completed(response)));
	}

	static ScriptedAnswer of(List<String> words, Duration gap) {
		LlmResponse whole = LlmResponse.builder().text(String.join("", words)).build();
		return new ScriptedAnswer(words.stream().<LlmEvent>map(LlmEvent.TextDelta::new).toList(), gap,
				Flux.just(new LlmEvent.Completed(whole)));
	}

	static ScriptedAnswer failing(RuntimeException failure) {
		return new ScriptedAnswer(List.of(), Duration.ZERO, Flux.error(failure));
	}

	static LlmResponse toolCall(String id, String tool, Map<String, ?> arguments) {
		return LlmResponse.builder()
			.toolCalls(List.of(ToolCall.of(id, tool, new LinkedHashMap<>(arguments))))
			.stopReason(StopReason.of(StopReason.Type.TOOL_USE))
			.build();
	}

	ScriptedAnswer cutAfter(int deltas) {
		return new ScriptedAnswer(first(deltas), this.gap,
				Flux.error(() -> LlmException.of(ErrorKind.NETWORK, "Scripted: the connection broke").build()));
	}

	ScriptedAnswer stallAfter(int deltas) {
		return new ScriptedAnswer(first(deltas), this.gap, Flux.never());
	}

	private List<LlmEvent> first(int count) {
		return this.deltas.subList(0, Math.min(count, this.deltas.size()));
	}

	Flux<LlmEvent> events() {
		Flux<LlmEvent> paced = this.gap.isZero() ? Flux.fromIterable(this.deltas)
				: Flux.fromIterable(this.deltas).concatMap((delta) -> Mono.delay(this.gap).thenReturn(delta), 1);
		return paced.concatWith(this.end);
	}

}
