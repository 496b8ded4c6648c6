package io.arcllm.autoconfigure;

import java.util.Map;

import io.arcllm.CallerContext;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.LocaleContextHolder;

/**
 * Captures what Micrometer's context propagation knows of a thread, and its MDC and
 * locale, for which no accessor need be registered.
 */
final class ThreadLocalCapture implements CallerContext.Capture {

	private final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private final CallerContext nothing = this::restoreOwn;

	@Override
	public CallerContext capture(ContextView context) {
		ContextSnapshot snapshot = this.snapshots.captureAll(context);
		Map<String, String> mdc = MDC.getCopyOfContextMap();
		LocaleContext locale = LocaleContextHolder.getLocaleContext();
		boolean nothing = locale == null && (mdc == null || mdc.isEmpty())
				&& snapshot.updateContext(Context.empty()).isEmpty();
		return nothing ? this.nothing : new Captured(this.snapshots, snapshot, mdc, locale);
	}

	/** What most threads outside of requests have: only what is inside is restored. */
	private CallerContext.Restored restoreOwn(ContextView inner) {
		return inner.isEmpty() ? CallerContext.Restored.NOTHING : this.snapshots.setThreadLocalsFrom(inner)::close;
	}

	/**
	 * The context of one thread at one moment.
	 *
	 * @param snapshots restores what an inner Reactor context has of its own
	 * @param snapshot of all that has an accessor
	 * @param mdc of the thread, if it had one
	 * @param locale of the thread, if it was set
	 */
	private record Captured(ContextSnapshotFactory snapshots, ContextSnapshot snapshot,
			@Nullable Map<String, String> mdc, @Nullable LocaleContext locale) implements CallerContext {

		/** The snapshot comes last: an observation puts its ids into the MDC. */
		@Override
		public Restored restore(ContextView inner) {
			Map<String, String> mdcBefore = MDC.getCopyOfContextMap();
			LocaleContext localeBefore = LocaleContextHolder.getLocaleContext();
			if (this.mdc != null) {
				MDC.setContextMap(this.mdc);
			}
			if (this.locale != null) {
				LocaleContextHolder.setLocaleContext(this.locale);
			}
			ContextSnapshot.Scope outer = this.snapshot.setThreadLocals();
			ContextSnapshot.Scope own = this.snapshots.setThreadLocalsFrom(inner);
			return () -> {
				own.close();
				outer.close();
				if (this.locale != null) {
					LocaleContextHolder.setLocaleContext(localeBefore);
				}
				if (mdcBefore == null) {
					MDC.clear();
				}
				else {
					MDC.setContextMap(mdcBefore);
				}
			};
		}

	}

}
