package io.arcllm.autoconfigure.stack;

import java.util.List;
import java.util.Map;

import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.module.Readiness;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.bulkhead.BulkheadModule;
import io.arcllm.module.bulkhead.BulkheadSettings;

/**
 * Puts bulkheads into stacks, one a target.
 */
public final class BulkheadFactory implements ModuleFactory {

	private static final String NAME = "bulkhead";

	private final Gauges gauges;

	private final Engines<BulkheadSettings, Bulkhead> bulkheads;

	public BulkheadFactory(ModuleSettings settings, Gauges gauges) {
		this.bulkheads = new Engines<>((place) -> settings.bind(NAME, BulkheadSettings.class, place), this::create);
		this.gauges = gauges;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition place) {
		return new BulkheadModule(inner, this.bulkheads.of(place));
	}

	@Override
	public Readiness readiness(StackPosition place) {
		return this.bulkheads.of(place);
	}

	@Override
	public Map<Target, List<?>> states() {
		return ModuleFactory.states(this.bulkheads, Bulkhead::status);
	}

	private Bulkhead create(Target target, BulkheadSettings settings) {
		Bulkhead bulkhead = new Bulkhead(target, settings);
		this.gauges.gauge("arcllm.bulkhead.running", target, () -> bulkhead.status().running());
		this.gauges.gauge("arcllm.bulkhead.queued", target, () -> bulkhead.status().queued());
		return bulkhead;
	}

}
