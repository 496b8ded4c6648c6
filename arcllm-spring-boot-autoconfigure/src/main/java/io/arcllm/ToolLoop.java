package io.arcllm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Asks a model, runs the tools it calls, and asks again with their results, until it has
 * its answer. Tools run only for answers that the whole stack returned, so a round that
 * fails over has run no tool. Immutable; safe for use by many threads.
 */
public final class ToolLoop {

	private static final int DEFAULT_ROUNDS = 10;

	private final LlmProvider llm;

	private final Map<String, ToolFunction> functions;

	private final int maxRounds;

	private ToolLoop(LlmProvider llm, Map<String, ToolFunction> functions, int maxRounds) {
		this.llm = llm;
		this.functions = functions;
		this.maxRounds = maxRounds;
	}

	/** A loop without tools yet. */
	public static ToolLoop of(LlmProvider llm) {
		return new ToolLoop(llm, Map.of(), DEFAULT_ROUNDS);
	}

	/**
	 * A loop with these tools, too.
	 * @param beansOrTools beans with methods that carry {@link LlmTool}, and
	 * {@link ToolFunction}s
	 */
	public ToolLoop tools(Object... beansOrTools) {
		Map<String, ToolFunction> all = new LinkedHashMap<>(this.functions);
		for (Object one : beansOrTools) {
			List<ToolFunction> functions = (one instanceof ToolFunction function) ? List.of(function)
					: ToolFunction.of(one);
			for (ToolFunction function : functions) {
				if (all.put(function.tool().name(), function) != null) {
					throw new IllegalArgumentException("There are two tools '" + function.tool().name() + "'");
				}
			}
		}
		return new ToolLoop(this.llm, all, this.maxRounds);
	}

	/**
	 * A loop with this largest number of rounds in which tools run; the default is 10.
	 */
	public ToolLoop maxRounds(int rounds) {
		if (rounds < 1) {
			throw new IllegalArgumentException("maxRounds must be 1 or more, was " + rounds);
		}
		return new ToolLoop(this.llm, this.functions, rounds);
	}

	/** Asks one user message. */
	public LlmResponse run(String prompt) {
		return run(LlmRequest.of(prompt));
	}

	/**
	 * Asks until the model calls no tool any more. Blocks.
	 * @throws LlmException {@code DEADLINE_EXCEEDED}, with the last answer in {@code
	 * partial()}, if it still calls tools after the last round
	 */
	public LlmResponse run(LlmRequest request) {
		List<Tool> tools = new ArrayList<>(request.tools());
		this.functions.values().forEach((function) -> tools.add(function.tool()));
		LlmRequest next = request.mutate().tools(tools).build();
		for (int round = 0; true; round++) {
			LlmResponse answer = this.llm.invoke(next);
			if (answer.toolCalls().isEmpty()) {
				return answer;
			}
			if (round == this.maxRounds) {
				throw LlmException
					.of(ErrorKind.DEADLINE_EXCEEDED,
							"The model still calls tools after " + this.maxRounds + " rounds of them")
					.target(answer.target())
					.partial(answer)
					.build()
					.withTrail(answer.trail());
			}
			List<Message> messages = new ArrayList<>(next.messages());
			messages.add(answer.toMessage());
			messages.add(Message.toolResults(results(answer.toolCalls()).toArray(Content.ToolResult[]::new)));
			// a choice that forces a tool would force one for ever
			next = next.mutate().messages(messages).toolChoice(null).build();
		}
	}

	/** In the order of the calls; several run at once, in the context of this thread. */
	private List<Content.ToolResult> results(List<ToolCall> calls) {
		if (calls.size() == 1) {
			return List.of(result(calls.get(0)));
		}
		CallerContext caller = (this.llm instanceof CallerContext.Source source)
				? source.capture().capture(Context.empty()) : CallerContext.NONE;
		CompletableFuture<List<Content.ToolResult>> all = Flux.fromIterable(calls)
			.flatMapSequential((call) -> Mono.just(call)
				.publishOn(Schedulers.boundedElastic()).<Content
						.ToolResult>handle((one, sink) -> sink.next(caller.get(() -> result(one)))))
			.collectList()
			.contextCapture()
			.toFuture();
		try {
			return all.get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("Tools could not be run", ex.getCause());
		}
		catch (InterruptedException ex) {
			all.cancel(true);
			Thread.currentThread().interrupt();
			throw LlmException.of(ErrorKind.CANCELLED, "Interrupted while tools were running")
				.provider(this.llm.name())
				.cause(ex)
				.build();
		}
	}

	private Content.ToolResult result(ToolCall call) {
		ToolFunction function = this.functions.get(call.name());
		return (function != null) ? function.call(call)
				: Content.ToolResult.error(call.id(), "There is no tool '" + call.name() + "'");
	}

}
