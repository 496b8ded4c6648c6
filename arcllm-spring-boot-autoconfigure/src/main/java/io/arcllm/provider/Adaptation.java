package io.arcllm.provider;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.RefusedParameter;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * Adapts a request to a target: leaves out what may be left out, translates what has
 * another form there, and refuses the rest before anything is sent. If nothing has to
 * change, the request stays the same object. Not safe for use by several threads. Steps
 * of one format are in {@link WireFormat#adapt}.
 */
public final class Adaptation {

	private static final Parameter[] ALL = Parameter.values();

	private final Target target;

	private final ModelTraits traits;

	private final boolean refuses;

	private LlmRequest request;

	private @Nullable Set<String> leftOut;

	/**
	 * @param request with its model set
	 * @param target the target that it is for
	 * @param traits what is known of the model
	 * @param refuses whether a parameter that the model does not take is refused instead
	 * of left out
	 */
	public Adaptation(LlmRequest request, Target target, ModelTraits traits, boolean refuses) {
		this.request = request;
		this.target = target;
		this.traits = traits;
		this.refuses = refuses;
	}

	/**
	 * Adapts the request, first by the rules of all formats, then by those of this
	 * format.
	 * @throws LlmException {@code UNSUPPORTED} if the model does not take a part that may
	 * not be left out
	 */
	public Adaptation to(WireFormat format) {
		ToolIds ids = ToolIds.both(this.traits.toolIds(), format.toolIds());
		withoutUnsupported();
		withoutSenseless();
		if (ids != null && ToolIdChanges.isNeeded(ids, this.request.messages())) {
			translateIds(ids);
		}
		format.adapt(this);
		return this;
	}

	/** The request as it is so far. */
	public LlmRequest request() {
		return this.request;
	}

	/** The target that it is for. */
	public Target target() {
		return this.target;
	}

	/** What is known of the model. */
	public ModelTraits traits() {
		return this.traits;
	}

	/** The words of the parameters that were left out. */
	public List<String> leftOut() {
		return (this.leftOut == null) ? List.of() : List.copyOf(this.leftOut);
	}

	/**
	 * Leaves a parameter out, if the request has it.
	 * @param why such as {@code "is not taken together with thinking"}
	 */
	public void leaveOut(Parameter parameter, String why) {
		if (!parameter.isIn(this.request)) {
			return;
		}
		failInstead(parameter, why);
		this.request = Parameter.without(this.request, List.of(parameter));
		note(parameter);
	}

	/** Replaces this request by another one, without a part of a parameter. */
	public void replace(LlmRequest request, Parameter parameter, String why) {
		failInstead(parameter, why);
		this.request = request;
		note(parameter);
	}

	/** Replaces this request by another one that means the same. */
	public void translate(LlmRequest request) {
		this.request = request;
	}

	/**
	 * The error for a part that this target does not take.
	 * @param what such as {@code "takes no documents"}
	 */
	public LlmException unsupported(String what) {
		return unsupported(what, null);
	}

	private LlmException unsupported(String what, @Nullable RefusedParameter refused) {
		return LlmException.of(ErrorKind.UNSUPPORTED, this.target + " " + what)
			.target(this.target)
			.refusedParameter(refused)
			.build();
	}

	private void failInstead(Parameter parameter, String why) {
		if (this.refuses) {
			throw unsupported(
					"was not asked: " + parameter.word() + " " + why + " (arcllm.providers." + this.target.provider()
							+ ".on-unsupported: refuse)",
					new RefusedParameter(parameter.word(), RefusedParameter.Why.COMBINATION, null));
		}
	}

	private void note(Parameter parameter) {
		if (this.leftOut == null) {
			this.leftOut = new LinkedHashSet<>();
		}
		this.leftOut.add(parameter.word());
	}

	private void withoutUnsupported() {
		if (!this.traits.unsupported().isEmpty()) {
			leaveOutUnsupported();
		}
		if (this.traits.has(ModelTraits.Rule.TEMPERATURE_OR_TOP_P) && this.request.temperature() != null) {
			leaveOut(Parameter.TOP_P, "is not taken together with temperature");
		}
	}

	private void leaveOutUnsupported() {
		for (Parameter parameter : ALL) {
			if (!this.traits.unsupported().contains(parameter)) {
				continue;
			}
			if (parameter.mayBeLeftOut()) {
				leaveOut(parameter, "is not taken by this model");
			}
			else if (parameter != Parameter.STREAMING && !parameter.isAnotherForm() && parameter.isIn(this.request)) {
				throw unsupported("was not asked: it takes no " + parameter.word() + " (models[].unsupported)",
						new RefusedParameter(parameter.word(), RefusedParameter.Why.PARAMETER, null));
			}
		}
	}

	/**
	 * Removes parts without effect that some vendors refuse: a tool choice without tools,
	 * blank stop sequences.
	 */
	private void withoutSenseless() {
		if (!this.request.tools().isEmpty() || this.request.options().containsKey("tools")) {
			return;
		}
		if (this.request.toolChoice() != null) {
			this.request = this.request.mutate().toolChoice(null).build();
		}
		if (!this.request.options().isEmpty()) {
			this.request = Parameter.without(this.request, List.of(Parameter.PARALLEL_TOOL_CALLS));
		}
	}

	private void translateIds(ToolIds ids) {
		ToolIdChanges changes = new ToolIdChanges(ids);
		List<Message> messages = this.request.messages();
		List<Message> translated = null;
		for (int i = 0; i < messages.size(); i++) {
			Message message = changes.of(messages.get(i));
			if (message != messages.get(i)) {
				translated = (translated == null) ? new ArrayList<>(messages) : translated;
				translated.set(i, message);
			}
		}
		if (translated != null) {
			this.request = this.request.mutate().messages(translated).build();
		}
	}

}
