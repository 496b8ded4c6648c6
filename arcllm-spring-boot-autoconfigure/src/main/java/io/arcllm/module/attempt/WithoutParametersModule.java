package io.arcllm.module.attempt;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import io.arcllm.AnswerBuilder;
import io.arcllm.Attempt;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Parameter;
import io.arcllm.RefusedParameter;
import io.arcllm.RefusedParameter.Why;
import io.arcllm.Target;
import io.arcllm.module.BaseModule;
import io.arcllm.module.Call;
import io.arcllm.module.EventStep;
import io.arcllm.module.Scope;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.ContextView;

/**
 * A redirector around the attempts at one target: if the target refuses a parameter, it
 * is asked again without it, and later requests leave the parameter out. Each request is
 * an attempt of the call.
 */
public final class WithoutParametersModule extends BaseModule {

	private static final String MAX_TOKENS = "max-tokens";

	private final Target target;

	private final RefusedParameters learnt;

	private final Function<Target, Set<Parameter>> configured;

	private final boolean refuses;

	/**
	 * @param inner the provider that asks the target
	 * @param target the provider, and the model of requests that name none
	 * @param learnt the parameters that targets refused within the last hour; shared by
	 * all stacks
	 * @param configured the parameters that each target is known not to take
	 * @param refuses whether {@code on-unsupported} is {@code refuse}: the refusal of the
	 * first target of a call then goes to the caller
	 */
	public WithoutParametersModule(LlmProvider inner, Target target, RefusedParameters learnt,
			Function<Target, Set<Parameter>> configured, boolean refuses) {
		super(inner);
		this.target = target;
		this.learnt = learnt;
		this.configured = configured;
		this.refuses = refuses;
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return each(request);
	}

	@Override
	protected void subscribe(LlmRequest request, CoreSubscriber<? super LlmEvent> actual) {
		String model = request.model();
		Target target = (model == null || model.equals(this.target.model())) ? this.target
				: new Target(this.target.provider(), model);
		Set<Parameter> without = known(target, request, actual.currentContext());
		WithoutParametersStep step = new WithoutParametersStep(actual, this, request, target, without);
		if (without.isEmpty()) {
			ask(this.inner, request, step);
		}
		else {
			ask(request, without, null).subscribe(step);
		}
	}

	/** The parameters that are left out from the start. */
	private Set<Parameter> known(Target target, LlmRequest request, ContextView context) {
		Set<Parameter> known = this.learnt.of(target);
		boolean whole = request.streaming()
				&& (known.contains(Parameter.STREAMING) || this.configured.apply(target).contains(Parameter.STREAMING));
		if (!whole && known.isEmpty()) {
			return Set.of();
		}
		boolean asItIs = this.refuses && Call.of(context).isSentFirst(target);
		// also parameters that are not in the request, because the provider may add them
		Set<Parameter> without = EnumSet.noneOf(Parameter.class);
		known.stream()
			.filter((one) -> one.isAnotherForm() || (one != Parameter.STREAMING && !asItIs))
			.forEach(without::add);
		if (whole) {
			without.add(Parameter.STREAMING);
		}
		return without;
	}

	/**
	 * Asks without these parameters. A target that does not stream is asked for the whole
	 * answer, whose words then come at once.
	 */
	private Flux<LlmEvent> ask(LlmRequest request, Set<Parameter> without, Attempt.@Nullable Cause cause) {
		Flux<LlmEvent> answer = this.inner.exchange(Parameter.without(request, without));
		if (without.contains(Parameter.STREAMING) && request.streaming()) {
			answer = answer.concatMapIterable(WithoutParametersModule::withDeltas);
		}
		return answer.contextWrite((context) -> {
			Scope outer = Scope.of(context);
			Scope scope = outer.without(without).dropping(leftOut(request, without, outer.dropped()));
			return ((cause == null) ? scope : scope.because(cause)).into(context);
		});
	}

	/**
	 * The words of the parameters that were left out; those that are sent in another form
	 * do not count.
	 */
	private static List<String> leftOut(LlmRequest request, Set<Parameter> without, List<String> dropped) {
		return Stream
			.concat(dropped.stream(),
					without.stream().filter((one) -> !one.isAnotherForm() && one.isIn(request)).map(Parameter::word))
			.distinct()
			.toList();
	}

	private static List<LlmEvent> withDeltas(LlmEvent event) {
		LlmResponse answer = event.answer();
		if (answer == null) {
			return List.of();
		}
		List<LlmEvent> events = new ArrayList<>(AnswerBuilder.deltas(answer));
		events.add(event);
		return events;
	}

	private @Nullable Flux<LlmEvent> again(LlmRequest request, Target target, Set<Parameter> before,
			LlmException refusal) {
		RefusedParameter refused = refusal.refusedParameter();
		if (refused == null || refusal.partial() != null) {
			return null;
		}
		return EventStep.defer((context) -> {
			Call call = Call.of(context);
			LlmRequest less = mayAsk(call) ? without(request, target, before, refused, call) : null;
			if (less == null) {
				return Flux.error(refusal);
			}
			Set<Parameter> without = EnumSet.noneOf(Parameter.class);
			without.addAll(before);
			parameterOf(refused, request, before).ifPresent(without::add);
			return ask(less, without, Attempt.Cause.WITHOUT_PARAMETERS).doOnError(LlmException.class,
					(second) -> learn(target, second.refusedParameter(), request, without));
		});
	}

	private static boolean mayAsk(Call call) {
		return call.hasAttemptsLeft() && !call.remaining().isNegative();
	}

	/**
	 * The request to send again, from which the parameter is removed; {@code null} if it
	 * may not be.
	 */
	private @Nullable LlmRequest without(LlmRequest request, Target target, Set<Parameter> before,
			RefusedParameter refused, Call call) {
		boolean first = call.isSentFirst(target);
		learn(target, refused, request, before);
		Parameter meant = parameterOf(refused, request, before).orElse(null);
		if (meant != null && meant.isAnotherForm()) {
			return before.contains(meant) ? null : request;
		}
		if (first && (this.refuses || refused.why() == Why.VALUE)) {
			return (refused.name().equals(Parameter.STREAMING.word()) && request.streaming()) ? request : null;
		}
		if (refused.name().equals(MAX_TOKENS)) {
			Integer most = refused.most();
			Integer asked = request.maxTokens();
			boolean lower = most != null && most > 0 && (asked == null || asked > most);
			return lower ? request.mutate().maxTokens(most).build() : null;
		}
		return Optional.ofNullable(meant)
			.filter((one) -> one.mayBeLeftOut() || (one == Parameter.STREAMING && request.streaming()))
			.filter((one) -> !before.contains(one))
			.map((one) -> request)
			.orElse(null);
	}

	/**
	 * Remembers a refused parameter for other calls; a refused value is not remembered.
	 */
	private void learn(Target target, @Nullable RefusedParameter refused, LlmRequest request, Set<Parameter> before) {
		if (refused == null || (refused.why() != Why.PARAMETER && refused.why() != Why.FORM)) {
			return;
		}
		parameterOf(refused, request, before)
			.filter((one) -> one.mayBeLeftOut() || one == Parameter.STREAMING || one.isAnotherForm())
			.ifPresent((one) -> this.learnt.learn(target, one));
	}

	/**
	 * The refused parameter: the field of the longest answer by its name, and thinking by
	 * its form, unless the other form was refused before or the caller wrote the form.
	 */
	private static Optional<Parameter> parameterOf(RefusedParameter refused, LlmRequest request,
			Set<Parameter> before) {
		if (refused.name().equals(MAX_TOKENS) && refused.why() == Why.PARAMETER) {
			return Optional.of(Parameter.MAX_TOKENS);
		}
		boolean other = refused.why() == Why.FORM && request.reasoningEffort() != null
				&& !before.contains(Parameter.THINKING_FORM);
		return other ? Optional.of(Parameter.THINKING_FORM) : Parameter.of(refused.name());
	}

	/**
	 * The inner stack only, because the trail shows what was left out.
	 */
	@Override
	public String toString() {
		return this.inner.toString();
	}

	/**
	 * One request to a target, which may be sent again.
	 */
	private static final class WithoutParametersStep extends EventStep.Resuming {

		private final WithoutParametersModule module;

		private final LlmRequest request;

		private final Target target;

		private final Set<Parameter> without;

		WithoutParametersStep(CoreSubscriber<? super LlmEvent> actual, WithoutParametersModule module,
				LlmRequest request, Target target, Set<Parameter> without) {
			super(actual);
			this.module = module;
			this.request = request;
			this.target = target;
			this.without = without;
		}

		@Override
		protected @Nullable Flux<LlmEvent> resume(LlmException failure) {
			return this.module.again(this.request, this.target, this.without, failure);
		}

	}

}
