package io.arcllm.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

import io.arcllm.AnswerBuilder;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.ToolCall;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One answer of a script: deltas, then the whole answer, a failure or silence. Compared
 * by identity, because equal answers of a script are different answers.
 */
final class ScriptedAnswer {

	private static final LlmResponse NOTHING = LlmResponse.of("");

	private final List<LlmEvent> deltas;

	private final Duration gap;

	private final BiFunction<Target, List<LlmEvent>, Flux<LlmEvent>> end;

	private ScriptedAnswer(List<LlmEvent> deltas, Duration gap,
			BiFunction<Target, List<LlmEvent>, Flux<LlmEvent>> end) {
		this.deltas = deltas;
		this.gap = gap;
		this.end = end;
	}

	static ScriptedAnswer of(LlmResponse response) {
		List<LlmEvent> deltas = new ArrayList<>();
		for (LlmEvent delta : AnswerBuilder.deltas(response)) {
			if (delta instanceof LlmEvent.TextDelta text) {
				ScriptedLlm.words(text.text()).forEach((word) -> deltas.add(new LlmEvent.TextDelta(word)));
			}
			else {
				deltas.add(delta);
			}
		}
		return new ScriptedAnswer(deltas, Duration.ZERO, completed(response));
	}

	static ScriptedAnswer of(List<String> words, Duration gap) {
		LlmResponse whole = LlmResponse.builder().text(String.join("", words)).build();
		return new ScriptedAnswer(words.stream().<LlmEvent>map(LlmEvent.TextDelta::new).toList(), gap,
				completed(whole));
	}

	/** An answer without a target gets the provider's target. */
	private static BiFunction<Target, List<LlmEvent>, Flux<LlmEvent>> completed(LlmResponse response) {
		boolean unsigned = response.target().equals(NOTHING.target());
		return (target, deltas) -> Flux.just(new LlmEvent.Completed(unsigned ? response.withTarget(target) : response));
	}

	static ScriptedAnswer failing(RuntimeException failure) {
		return new ScriptedAnswer(List.of(), Duration.ZERO, (target, deltas) -> Flux.error(failure));
	}

	static LlmResponse toolCall(String id, String tool, Map<String, ?> arguments) {
		return LlmResponse.builder()
			.toolCalls(List.of(ToolCall.of(id, tool, new LinkedHashMap<>(arguments))))
			.stopReason(StopReason.of(StopReason.Type.TOOL_USE))
			.build();
	}

	ScriptedAnswer cutAfter(int deltas) {
		return new ScriptedAnswer(first(deltas), this.gap, (target, delivered) -> Flux.error(cut(target, delivered)));
	}

	/**
	 * The failure as callers of a stack see it: after delivered words it is an
	 * interruption with these words.
	 */
	private static LlmException cut(Target target, List<LlmEvent> delivered) {
		if (delivered.isEmpty()) {
			return LlmException.of(ErrorKind.NETWORK, "Scripted: the connection broke").target(target).build();
		}
		AnswerBuilder partial = new AnswerBuilder();
		delivered.forEach(partial::add);
		return LlmException.of(ErrorKind.INTERRUPTED, "Scripted: the connection broke in the middle of the answer")
			.target(target)
			.partial(partial.buildPartial(target))
			.build();
	}

	ScriptedAnswer stallAfter(int deltas) {
		return new ScriptedAnswer(first(deltas), this.gap, (target, delivered) -> Flux.never());
	}

	private List<LlmEvent> first(int count) {
		return this.deltas.subList(0, Math.min(count, this.deltas.size()));
	}

	Flux<LlmEvent> events(Target target) {
		Flux<LlmEvent> paced = this.gap.isZero() ? Flux.fromIterable(this.deltas)
				: Flux.fromIterable(this.deltas).concatMap((delta) -> Mono.delay(this.gap).thenReturn(delta), 1);
		return paced.concatWith(Flux.defer(() -> this.end.apply(target, this.deltas)));
	}

}
