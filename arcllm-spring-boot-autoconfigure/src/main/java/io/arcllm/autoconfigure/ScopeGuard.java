package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.module.Hook;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;

/**
 * Protects the operators of a call, and their threads, from what an observation handler
 * throws when a scope opens or closes: with automatic context propagation every operator
 * opens and closes scopes. It replaces Micrometer's accessor from the first start on,
 * because calls may be under way when a context closes, and a scope may be closed by
 * another accessor than the one that opened it.
 */
final class ScopeGuard implements InitializingBean {

	@Override
	public void afterPropertiesSet() {
		ContextRegistry registry = ContextRegistry.getInstance();
		List<ThreadLocalAccessor<?>> all = List.copyOf(registry.getThreadLocalAccessors());
		// all of them again, since the order in which thread locals are set is theirs
		if (all.stream().anyMatch(ScopeGuard::isUnguarded)) {
			all.stream()
				.map((one) -> isUnguarded(one) ? new Guarded(ObservationThreadLocalAccessor.getInstance()) : one)
				.forEach(registry::registerThreadLocalAccessor);
		}
	}

	/** A guard of another class loader belongs to an application that has ended. */
	private static boolean isUnguarded(ThreadLocalAccessor<?> accessor) {
		return accessor instanceof ObservationThreadLocalAccessor || (accessor.getClass() != Guarded.class
				&& accessor.getClass().getName().equals(Guarded.class.getName()));
	}

	/**
	 * Sets and restores the observation of a thread. Invariant: whatever handlers throw,
	 * each {@code setValue} leaves one scope more, and each {@code restore} takes it away
	 * again. What handlers keep of a thread themselves is as it was before, too, as far
	 * as they can be told.
	 */
	private static final class Guarded implements ThreadLocalAccessor<Observation> {

		/** All registries share the scopes of threads. */
		private final ObservationRegistry scopes = ObservationRegistry.create();

		/** An observation with scopes and without handlers. */
		private final Observation nothing;

		private final Hook hook = new Hook("A handler that is told of the scopes of observations");

		private final ThreadLocalAccessor<Observation> inner;

		Guarded(ThreadLocalAccessor<Observation> inner) {
			this.inner = inner;
			ObservationRegistry silent = ObservationRegistry.create();
			silent.observationConfig()
				.observationHandler((context) -> false)
				.observationPredicate((name, context) -> false);
			this.nothing = Observation.createNotStarted("arcllm.nothing", silent);
		}

		@Override
		public Object key() {
			return this.inner.key();
		}

		@Override
		public @Nullable Observation getValue() {
			return this.inner.getValue();
		}

		@Override
		public void setValue(Observation value) {
			Observation.Scope before = this.scopes.getCurrentObservationScope();
			this.hook.run(() -> this.inner.setValue(value));
			if (this.scopes.getCurrentObservationScope() == before) {
				this.nothing.openScope();
			}
		}

		/** Opens a scope only if there is one to hide. */
		@Override
		public void setValue() {
			this.hook.run(this.inner::setValue);
		}

		@Override
		public void restore(Observation before) {
			restore(() -> this.inner.restore(before));
		}

		@Override
		public void restore() {
			restore(this.inner::restore);
		}

		private void restore(Runnable closing) {
			Observation.Scope closed = this.scopes.getCurrentObservationScope();
			Observation.Scope before = (closed == null) ? null : closed.getPreviousObservationScope();
			boolean told = this.hook.get(() -> {
				closing.run();
				return true;
			}, () -> false);
			if (!told && closed != null) {
				mend(closed, before);
			}
			this.scopes.setCurrentObservationScope(before);
		}

		/**
		 * Handlers before the one that has thrown were not called, and may have thread
		 * locals of their own: all handlers are told to reset them, and about the scope
		 * that remains. Both methods are deprecated for applications, and made for this.
		 */
		@SuppressWarnings("deprecation")
		private void mend(Observation.Scope closed, Observation.@Nullable Scope before) {
			this.hook.run((before != null) ? before::makeCurrent : closed::reset);
		}

	}

}
