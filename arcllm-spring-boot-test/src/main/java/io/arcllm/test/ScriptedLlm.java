package io.arcllm.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A provider without HTTP whose answers a test defines. Each call gets the answer of the
 * first rule that matches its request, else the next answer of the queue; without either,
 * the call fails and names the request. It records its requests. Define the script on one
 * thread before the calls; calls may come from many threads.
 */
public final class ScriptedLlm implements LlmProvider {

	private final String name;

	private final Queue<ScriptedAnswer> queue = new ConcurrentLinkedQueue<>();

	private final List<Rule> rules = new CopyOnWriteArrayList<>();

	private final List<LlmRequest> asked = new CopyOnWriteArrayList<>();

	private final AtomicInteger toolCalls = new AtomicInteger();

	private @Nullable Predicate<LlmRequest> condition;

	private @Nullable ScriptedAnswer last;

	private ScriptedLlm(String name) {
		this.name = name;
	}

	/**
	 * A provider named {@code scripted}, without answers.
	 */
	public static ScriptedLlm create() {
		return create("scripted");
	}

	/**
	 * A provider without answers.
	 * @param name its name in trails and errors
	 */
	public static ScriptedLlm create(String name) {
		return new ScriptedLlm(name);
	}

	/**
	 * Makes the next answer a rule: it is given to each request that matches, and is not
	 * part of the queue.
	 */
	public ScriptedLlm when(Predicate<LlmRequest> matches) {
		this.condition = matches;
		return this;
	}

	/** Answers with this text: its words are deltas before the whole answer. */
	public ScriptedLlm answer(String text) {
		return add(ScriptedAnswer.of(LlmResponse.builder().text(text).build()));
	}

	/** Gives this answer. */
	public ScriptedLlm answer(LlmResponse response) {
		return add(ScriptedAnswer.of(response));
	}

	/**
	 * Answers with a call of a tool.
	 * @param tool its name
	 * @param arguments the arguments by name, of JSON's types
	 */
	public ScriptedLlm toolCall(String tool, Map<String, ?> arguments) {
		return add(ScriptedAnswer
			.of(ScriptedAnswer.toolCall("call_" + this.toolCalls.incrementAndGet(), tool, arguments)));
	}

	/** Fails before the first delta. */
	public ScriptedLlm fail(ErrorKind kind) {
		return fail(kind, null);
	}

	/**
	 * Fails before the first delta.
	 * @param retryAfter the wait that the failure names, or {@code null}
	 */
	public ScriptedLlm fail(ErrorKind kind, @Nullable Duration retryAfter) {
		return fail(
				LlmException.of(kind, "Scripted failure: " + kind).provider(this.name).retryAfter(retryAfter).build());
	}

	/** Fails with this exception before the first delta. */
	public ScriptedLlm fail(RuntimeException failure) {
		return add(ScriptedAnswer.failing(failure));
	}

	/**
	 * Answers word by word.
	 * @param gap the pause before each word
	 * @param words the deltas, unchanged; no spaces are added
	 */
	public ScriptedLlm stream(Duration gap, String... words) {
		return add(ScriptedAnswer.of(Arrays.asList(words), gap));
	}

	/**
	 * Cuts the last answer of the script: after this many deltas the call fails as an
	 * interruption, with what was delivered.
	 */
	public ScriptedLlm cutAfter(int deltas) {
		return replaceLast(scripted().cutAfter(deltas));
	}

	/**
	 * Stalls the last answer of the script: after this many deltas nothing comes, not
	 * even an end.
	 */
	public ScriptedLlm stallAfter(int deltas) {
		return replaceLast(scripted().stallAfter(deltas));
	}

	/** Never answers. */
	public ScriptedLlm stall() {
		return add(ScriptedAnswer.of(List.of(), Duration.ZERO).stallAfter(0));
	}

	/**
	 * The requests, in the order of the subscriptions.
	 */
	public List<LlmRequest> asked() {
		return List.copyOf(this.asked);
	}

	/** Forgets the script and the requests. */
	public void reset() {
		this.queue.clear();
		this.rules.clear();
		this.asked.clear();
		this.toolCalls.set(0);
		this.condition = null;
		this.last = null;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.defer(() -> {
			this.asked.add(request);
			return next(request).events(new Target(this.name, request.model()));
		});
	}

	private ScriptedAnswer next(LlmRequest request) {
		for (Rule rule : this.rules) {
			if (rule.matches().test(request)) {
				return rule.answer();
			}
		}
		ScriptedAnswer next = this.queue.poll();
		return (next != null) ? next : ScriptedAnswer.failing(new IllegalStateException(
				"Not scripted: request " + this.asked.size() + " to '" + this.name + "', " + describe(request)));
	}

	private static String describe(LlmRequest request) {
		String text = request.messages().isEmpty() ? ""
				: request.messages().get(request.messages().size() - 1).content().toString();
		return "whose last message is " + ((text.length() > 200) ? text.substring(0, 200) + "…" : text);
	}

	private ScriptedLlm add(ScriptedAnswer answer) {
		Predicate<LlmRequest> matches = this.condition;
		if (matches == null) {
			this.queue.add(answer);
		}
		else {
			this.rules.add(new Rule(matches, answer));
		}
		this.condition = null;
		this.last = answer;
		return this;
	}

	private ScriptedAnswer scripted() {
		if (this.last == null) {
			throw new IllegalStateException("Script an answer first: answer(…), stream(…) or toolCall(…)");
		}
		return this.last;
	}

	private ScriptedLlm replaceLast(ScriptedAnswer changed) {
		ScriptedAnswer before = scripted();
		if (this.queue.remove(before)) {
			this.queue.add(changed);
		}
		else if (this.rules.stream().noneMatch((rule) -> rule.answer() == before)) {
			throw new IllegalStateException(
					"The answer that was scripted last was given already: script another first");
		}
		else {
			this.rules.replaceAll((rule) -> (rule.answer() == before) ? new Rule(rule.matches(), changed) : rule);
		}
		this.last = changed;
		return this;
	}

	private record Rule(Predicate<LlmRequest> matches, ScriptedAnswer answer) {

	}

	/** The words of a text with the space before them. */
	static List<String> words(String text) {
		return text.isEmpty() ? List.of() : new ArrayList<>(Arrays.asList(text.split("(?<=\\S)(?=\\s)")));
	}

}
