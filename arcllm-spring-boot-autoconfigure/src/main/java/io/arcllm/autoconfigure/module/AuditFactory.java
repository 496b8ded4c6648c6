package io.arcllm.autoconfigure.module;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import io.arcllm.autoconfigure.stack.ModuleFactory;
import io.arcllm.module.audit.Audit;
import io.arcllm.module.audit.AuditModule;
import io.arcllm.module.audit.AuditSettings;
import io.arcllm.module.audit.AuditedCallModule;

import org.springframework.beans.factory.DisposableBean;

/**
 * Puts audit into stacks, with one queue and one chain of hashes for equal settings.
 */
public final class AuditFactory implements ModuleFactory, DisposableBean {

	private static final String NAME = "audit";

	private final ModuleSettings settings;

	private final Function<AuditSettings, Audit> maker;

	private final Map<AuditSettings, Audit> engines = new ConcurrentHashMap<>();

	/**
	 * @param maker makes the engine
	 */
	public AuditFactory(ModuleSettings settings, Function<AuditSettings, Audit> maker) {
		this.settings = settings;
		this.maker = maker;
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public LlmProvider around(LlmProvider inner, StackPosition position) {
		AuditSettings settings = settings(position);
		return isOff(settings) ? inner : new AuditModule(inner, position.target(), engine(settings));
	}

	/** Records every call, whichever module ends it. */
	@Override
	public LlmProvider aroundAll(LlmProvider stack, StackPosition position) {
		AuditSettings settings = settings(position);
		return isOff(settings) ? stack : new AuditedCallModule(stack, position.target(), engine(settings));
	}

	private AuditSettings settings(StackPosition position) {
		return this.settings.bind(NAME, AuditSettings.class, position);
	}

	private static boolean isOff(AuditSettings settings) {
		return settings.sink() == AuditSettings.Sink.NONE;
	}

	private Audit engine(AuditSettings settings) {
		return this.engines.computeIfAbsent(settings, this.maker);
	}

	@Override
	public <T> List<T> engines(Class<T> type) {
		return this.engines.values().stream().filter(type::isInstance).map(type::cast).toList();
	}

	/** Writes the queued records. */
	@Override
	public void destroy() {
		this.engines.values().forEach(Audit::close);
	}

}
