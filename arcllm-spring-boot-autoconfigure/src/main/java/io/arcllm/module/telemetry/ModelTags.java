package io.arcllm.module.telemetry;

import java.util.Collection;
import java.util.Set;

import io.arcllm.Target;

/**
 * Names of models as tags: only those that are configured have one, so that callers
 * cannot make up ever more.
 */
public final class ModelTags {

	private static final String NONE = "none";

	private static final String OTHER = "other";

	private final Set<Target> configured;

	/**
	 * @param configured each provider with each of its models
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

	/** Whether the target is one of those that are known by name. */
	public boolean isConfigured(Target target) {
		return this.configured.contains(target);
	}

}
