package io.arcllm.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.arcllm.CallerContext;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.LocaleContextHolder;

/**
 * Captures the context of a thread by Micrometer's context propagation, and its MDC and
 * locale, which need no accessor. Where the context is restored, values that the caller
 * did not have are absent, because the thread may work for another call at that time.
 */
final class ThreadLocalCapture implements CallerContext.Capture {

	private final ContextSnapshotFactory inside = ContextSnapshotFactory.builder().build();

	private final ContextSnapshotFactory callers = ContextSnapshotFactory.builder().clearMissing(true).build();

	private final CallerContext nothing = this::restoreNothing;

	private final CallerContext cleared = new Captured(this.inside, this.callers.captureFrom(Context.empty()), null,
			null);

	@Override
	public CallerContext capture(ContextView context) {
		if (isClear() && !isInside(context)) {
			return this.nothing;
		}
		return new Captured(this.inside, this.callers.captureAll(context), MDC.getCopyOfContextMap(),
				LocaleContextHolder.getLocaleContext());
	}

	/** Restores an empty context, which most threads outside of requests have. */
	private CallerContext.Restored restoreNothing(ContextView inner) {
		if (!isClear()) {
			return this.cleared.restore(inner);
		}
		return isInside(inner) ? this.inside.setThreadLocalsFrom(inner)::close : CallerContext.Restored.NOTHING;
	}

	/** Whether a Reactor context has values for a thread. */
	private static boolean isInside(ContextView context) {
		return !context.isEmpty() && isAny((accessor) -> context.hasKey(accessor.key()));
	}

	/** Called at each call and attempt, so it uses no iterator. */
	private static boolean isClear() {
		if (LocaleContextHolder.getLocaleContext() != null || isAny((accessor) -> accessor.getValue() != null)) {
			return false;
		}
		Map<String, String> mdc = MDC.getCopyOfContextMap();
		return mdc == null || mdc.isEmpty();
	}

	private static boolean isAny(Predicate<ThreadLocalAccessor<?>> matching) {
		List<ThreadLocalAccessor<?>> accessors = ContextRegistry.getInstance().getThreadLocalAccessors();
		try {
			for (int i = 0; i < accessors.size(); i++) {
				if (matching.test(accessors.get(i))) {
					return true;
				}
			}
			return false;
		}
		catch (IndexOutOfBoundsException ex) {
			// one was taken out just now
			return true;
		}
	}

	/**
	 * The context of one thread at one moment.
	 *
	 * @param inside restores what an inner Reactor context has of its own
	 * @param snapshot of all that has an accessor
	 * @param mdc of the thread, if it had one
	 * @param locale of the thread, if it was set
	 */
	private record Captured(ContextSnapshotFactory inside, ContextSnapshot snapshot, @Nullable Map<String, String> mdc,
			@Nullable LocaleContext locale) implements CallerContext {

		/** The snapshot comes last: an observation puts its ids into the MDC. */
		@Override
		public Restored restore(ContextView inner) {
			Map<String, String> mdcBefore = MDC.getCopyOfContextMap();
			LocaleContext localeBefore = LocaleContextHolder.getLocaleContext();
			set(this.mdc);
			LocaleContextHolder.setLocaleContext(this.locale);
			ContextSnapshot.Scope outer = this.snapshot.setThreadLocals();
			ContextSnapshot.Scope own = this.inside.setThreadLocalsFrom(inner);
			return () -> {
				own.close();
				outer.close();
				LocaleContextHolder.setLocaleContext(localeBefore);
				set(mdcBefore);
			};
		}

		private static void set(@Nullable Map<String, String> mdc) {
			if (mdc == null) {
				MDC.clear();
			}
			else {
				MDC.setContextMap(mdc);
			}
		}

	}

}
