package io.arcllm.autoconfigure;

import java.util.List;
import java.util.Map;

import io.arcllm.CallerContext;
import io.arcllm.module.Hook;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import reactor.core.Exceptions;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.LocaleContextHolder;

/**
 * Captures the context of a thread by Micrometer's context propagation, and its MDC and
 * locale, which need no accessor. Where the context is restored, values that the caller
 * did not have are absent, because the thread may work for another call at that time.
 * Accessors and the MDC are code of the application or of its libraries: what they throw
 * is logged once and changes nothing.
 */
final class ThreadLocalCapture implements CallerContext.Capture {

	private final Hook hook = new Hook("A ThreadLocalAccessor or the MDC");

	private final CallerContext nothing = this::restoreNothing;

	private volatile GuardedAccessors accessors = new GuardedAccessors(List.of(), this.hook);

	@Override
	public CallerContext capture(ContextView context) {
		GuardedAccessors accessors = accessors();
		if (isClear(accessors) && !accessors.isInside(context)) {
			return this.nothing;
		}
		return new Captured(accessors, accessors.capture(context), mdc(), LocaleContextHolder.getLocaleContext(),
				this.hook);
	}

	/** Restores an empty context, which most threads outside of requests have. */
	private CallerContext.Restored restoreNothing(ContextView inner) {
		GuardedAccessors accessors = accessors();
		if (!isClear(accessors)) {
			return new Captured(accessors, accessors.nothing(), null, null, this.hook).restore(inner);
		}
		return accessors.isInside(inner) ? accessors.setThreadLocalsFrom(inner) : CallerContext.Restored.NOTHING;
	}

	/** The accessors that are registered now. */
	private GuardedAccessors accessors() {
		GuardedAccessors known = this.accessors;
		List<ThreadLocalAccessor<?>> registered = ContextRegistry.getInstance().getThreadLocalAccessors();
		if (!known.areOf(registered)) {
			known = new GuardedAccessors(List.copyOf(registered), this.hook);
			this.accessors = known;
		}
		return known;
	}

	/** Called at each call and attempt, so it uses no iterator. */
	private boolean isClear(GuardedAccessors accessors) {
		if (LocaleContextHolder.getLocaleContext() != null || accessors.isAnySet()) {
			return false;
		}
		Map<String, String> mdc = mdc();
		return mdc == null || mdc.isEmpty();
	}

	private @Nullable Map<String, String> mdc() {
		return mdcOf(this.hook);
	}

	private static @Nullable Map<String, String> mdcOf(Hook hook) {
		try {
			return MDC.getCopyOfContextMap();
		}
		catch (Throwable ex) {
			failed(hook, ex);
			return null;
		}
	}

	private static void failed(Hook hook, Throwable failure) {
		hook.run(() -> {
			throw Exceptions.propagate(failure);
		});
	}

	/**
	 * The context of one thread at one moment.
	 *
	 * @param accessors restore what an inner Reactor context has of its own
	 * @param snapshot of all that has an accessor
	 * @param mdc of the thread, if it had one
	 * @param locale of the thread, if it was set
	 * @param hook is told of failures
	 */
	private record Captured(GuardedAccessors accessors, ContextSnapshot snapshot, @Nullable Map<String, String> mdc,
			@Nullable LocaleContext locale, Hook hook) implements CallerContext {

		/** The snapshot comes last: an observation puts its ids into the MDC. */
		@Override
		public Restored restore(ContextView inner) {
			Map<String, String> mdcBefore = mdcOf(this.hook);
			LocaleContext localeBefore = LocaleContextHolder.getLocaleContext();
			set(this.mdc);
			LocaleContextHolder.setLocaleContext(this.locale);
			ContextSnapshot.Scope outer = this.snapshot.setThreadLocals();
			Restored own = this.accessors.setThreadLocalsFrom(inner);
			return () -> {
				own.close();
				outer.close();
				LocaleContextHolder.setLocaleContext(localeBefore);
				set(mdcBefore);
			};
		}

		private void set(@Nullable Map<String, String> mdc) {
			try {
				if (mdc == null) {
					MDC.clear();
				}
				else {
					MDC.setContextMap(mdc);
				}
			}
			catch (Throwable ex) {
				failed(this.hook, ex);
			}
		}

	}

	/**
	 * The accessors of the application, none of which can throw.
	 */
	private static final class GuardedAccessors {

		private final List<ThreadLocalAccessor<?>> registered;

		private final List<GuardedAccessor<?>> guarded;

		private final ContextSnapshotFactory inside;

		private final ContextSnapshotFactory callers;

		GuardedAccessors(List<ThreadLocalAccessor<?>> registered, Hook hook) {
			this.registered = registered;
			this.guarded = registered.stream()
				.<@Nullable GuardedAccessor<?>>map(
						(one) -> hook.get(() -> new GuardedAccessor<>(one, hook), () -> null))
				.<GuardedAccessor<?>>mapMulti((one, next) -> {
					if (one != null) {
						next.accept(one);
					}
				})
				.toList();
			ContextRegistry registry = new ContextRegistry();
			ContextRegistry.getInstance().getContextAccessors().forEach(registry::registerContextAccessor);
			this.guarded.forEach(registry::registerThreadLocalAccessor);
			this.inside = ContextSnapshotFactory.builder().contextRegistry(registry).build();
			this.callers = ContextSnapshotFactory.builder().contextRegistry(registry).clearMissing(true).build();
		}

		boolean areOf(List<ThreadLocalAccessor<?>> registered) {
			try {
				boolean same = registered.size() == this.registered.size();
				for (int i = 0; same && i < this.registered.size(); i++) {
					same = registered.get(i) == this.registered.get(i);
				}
				return same;
			}
			catch (IndexOutOfBoundsException ex) {
				// one was taken out just now
				return false;
			}
		}

		boolean isAnySet() {
			for (int i = 0; i < this.guarded.size(); i++) {
				if (this.guarded.get(i).getValue() != null) {
					return true;
				}
			}
			return false;
		}

		/** Whether a Reactor context has values for a thread. */
		boolean isInside(ContextView context) {
			if (context.isEmpty()) {
				return false;
			}
			for (int i = 0; i < this.guarded.size(); i++) {
				if (context.hasKey(this.guarded.get(i).key())) {
					return true;
				}
			}
			return false;
		}

		/** The values of the Reactor context, and else those of the thread. */
		ContextSnapshot capture(ContextView context) {
			return this.callers.captureAll(context);
		}

		/** The context of a caller without any value. */
		ContextSnapshot nothing() {
			return this.callers.captureFrom(Context.empty());
		}

		CallerContext.Restored setThreadLocalsFrom(ContextView inner) {
			return this.inside.setThreadLocalsFrom(inner)::close;
		}

	}

	/**
	 * An accessor that cannot throw.
	 *
	 * @param <V> what it gives access to
	 */
	private static final class GuardedAccessor<V> implements ThreadLocalAccessor<V> {

		private final ThreadLocalAccessor<V> inner;

		private final Object key;

		private final Hook hook;

		GuardedAccessor(ThreadLocalAccessor<V> inner, Hook hook) {
			this.inner = inner;
			this.key = inner.key();
			this.hook = hook;
		}

		@Override
		public Object key() {
			return this.key;
		}

		@Override
		public @Nullable V getValue() {
			try {
				return this.inner.getValue();
			}
			catch (Throwable ex) {
				failed(this.hook, ex);
				return null;
			}
		}

		@Override
		public void setValue(V value) {
			this.hook.run(() -> this.inner.setValue(value));
		}

		@Override
		public void setValue() {
			this.hook.run(this.inner::setValue);
		}

		@Override
		public void restore(V before) {
			this.hook.run(() -> this.inner.restore(before));
		}

		@Override
		public void restore() {
			this.hook.run(this.inner::restore);
		}

	}

}
