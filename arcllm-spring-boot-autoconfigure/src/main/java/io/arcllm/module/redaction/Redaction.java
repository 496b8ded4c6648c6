package io.arcllm.module.redaction;

import java.util.List;
import java.util.function.UnaryOperator;

import io.arcllm.CallerContext;
import io.arcllm.LlmRequest;
import io.arcllm.PiiDetector;
import io.arcllm.module.Hook;
import io.arcllm.module.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Redacts calls by the settings. Safe for use by several threads.
 */
public final class Redaction {

	private final RedactionSettings settings;

	private final Redactor redactor;

	private final RedactionListener listener;

	private final boolean own;

	/**
	 * @param own detectors of the application
	 * @param listener is notified of removals, by type
	 * @throws IllegalArgumentException if an expression is wrong
	 */
	public Redaction(RedactionSettings settings, List<PiiDetector> own, RedactionListener listener) {
		this.settings = settings;
		this.redactor = Redactors.of(settings, own);
		this.own = !own.isEmpty();
		Hook hook = new Hook("A listener of redactions");
		this.listener = (type) -> hook.run(() -> listener.redacted(type));
	}

	/** The context in which detectors of the application are called. */
	CallerContext caller(@Nullable Scope scope) {
		return (this.own && scope != null) ? scope.call().caller() : CallerContext.NONE;
	}

	/**
	 * A call begins.
	 * @param call is notified of removals in this call
	 */
	OneCall begin(RedactionListener call) {
		return new OneCall(new Placeholders(this.settings.restore(), (type) -> {
			call.redacted(type);
			this.listener.redacted(type);
		}));
	}

	/**
	 * Redacts one call.
	 */
	final class OneCall {

		private final Placeholders placeholders;

		OneCall(Placeholders placeholders) {
			this.placeholders = placeholders;
		}

		/** The redacted request. */
		LlmRequest request(LlmRequest request) {
			Redaction outer = Redaction.this;
			if (!outer.settings.redactsRequests()) {
				return request;
			}
			if (outer.settings.restore()) {
				UnaryOperator<String> avoid = (text) -> {
					this.placeholders.avoid(text);
					return text;
				};
				new StructureWalk(avoid, avoid).request(request);
			}
			LlmRequest redacted = new StructureWalk((text) -> outer.redactor.redact(text, this.placeholders::replace),
					(json) -> JsonRedaction.redact(json, outer.redactor, this.placeholders::replaceAgain))
				.request(request);
			this.placeholders.endRequest();
			return redacted;
		}

		/** Redacts the answer; {@code null} if answers stay as they are. */
		@Nullable AnswerRedaction answer() {
			Detector restoring = this.placeholders.restoring();
			Redactor answers = Redaction.this.settings.redactsAnswers() ? Redaction.this.redactor
					: new Redactor(List.of(), List.of());
			if (restoring == null && !Redaction.this.settings.redactsAnswers()) {
				return null;
			}
			return new AnswerRedaction((restoring == null) ? answers : answers.with(restoring), this.placeholders);
		}

		/** Redacts recorded content of this call; nothing is restored in it. */
		UnaryOperator<String> shown() {
			return Redaction.this.settings.redactsAnswers()
					? (text) -> Redaction.this.redactor.redact(text, this.placeholders::replaceUncounted)
					: UnaryOperator.identity();
		}

	}

}
