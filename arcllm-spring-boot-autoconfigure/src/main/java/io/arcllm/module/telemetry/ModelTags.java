package io.arcllm.module.telemetry;

import java.util.Collection;
import java.util.Set;

import io.arcllm.Target;

/**
 * The tags of models. Only configured models have a tag of their own, so that callers
 * cannot create an unlimited number of values.
 */
public final class ModelTags {

	private static final String NONE = "none";

	private static final String OTHER = "other";

	private final Set<Target> configured;

	/**
	 * @param configured all that the configuration names
	 */
	public ModelTags(Collection<Target> configured) {
		this.configured = Set.copyOf(configured);
	}

	/** The tag of the target's model. */
	public String of(Target target) {
		String model = target.model();
		if (model == null) {
			return NONE;
		}
		return isConfigured(target) ? model : OTHER;
	}

	/** Whether the target is configured. */
	public boolean isConfigured(Target target) {
		return this.configured.contains(target);
	}

}
