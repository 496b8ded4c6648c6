package io.arcllm.module.budget;

import java.util.Locale;

import io.arcllm.LlmRequest;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

/**
 * What a limit counts together: everything, or each provider, model, tenant or value of a
 * label separately.
 *
 * @param kind what is counted
 * @param label the key of the label; {@code null} for other kinds
 */
public record BudgetScope(Kind kind, @Nullable String label) {

	/**
	 * Kinds of scopes.
	 */
	public enum Kind {

		/** All calls together. */
		GLOBAL,

		/** Each provider. */
		PROVIDER,

		/** Each model of each provider. */
		MODEL,

		/** Each tenant. */
		TENANT,

		/** Each value of a label. */
		LABEL

	}

	private static final String LABEL = "label:";

	/**
	 * Reads {@code global}, {@code provider}, {@code model}, {@code tenant} or
	 * {@code label:team}.
	 */
	public static BudgetScope valueOf(String text) {
		String written = text.trim();
		if (written.toLowerCase(Locale.ROOT).startsWith(LABEL) && written.length() > LABEL.length()) {
			return new BudgetScope(Kind.LABEL, written.substring(LABEL.length()));
		}
		for (Kind kind : Kind.values()) {
			if (kind != Kind.LABEL && kind.name().equalsIgnoreCase(written)) {
				return new BudgetScope(kind, null);
			}
		}
		throw new IllegalArgumentException(
				"scope must be global, provider, model, tenant or label:<key>, was '" + text + "'");
	}

	/** Whether each attempt is counted, and not the whole call. */
	boolean isOfAttempts() {
		return this.kind == Kind.PROVIDER || this.kind == Kind.MODEL;
	}

	/**
	 * The subject of a call or attempt, or {@code null} if the limit does not apply to
	 * it.
	 */
	@Nullable String subject(Target target, LlmRequest request) {
		RequestMetadata metadata = request.metadata();
		return switch (this.kind) {
			case GLOBAL -> "";
			case PROVIDER -> target.provider();
			case MODEL -> target.toString();
			case TENANT -> metadata.tenant();
			case LABEL -> (this.label == null) ? null : metadata.labels().get(this.label);
		};
	}

	@Override
	public String toString() {
		return (this.label == null) ? this.kind.name().toLowerCase(Locale.ROOT) : LABEL + this.label;
	}

}
