package io.arcllm.autoconfigure;

import java.util.ArrayDeque;
import java.util.Deque;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.slf4j.MDC;

/**
 * The trace of an observation is that of its parent, else its own name; it stands in the
 * MDC as long as a scope is open.
 */
final class TraceIds implements ObservationHandler<Observation.Context> {

	private final ThreadLocal<Deque<String>> before = ThreadLocal.withInitial(ArrayDeque::new);

	private final String key;

	/**
	 * @param key of the trace in the MDC
	 */
	TraceIds(String key) {
		this.key = key;
	}

	@Override
	public void onStart(Observation.Context context) {
		var parent = context.getParentObservation();
		String trace = (parent == null) ? null : parent.getContextView().get("trace");
		context.put("trace", (trace != null) ? trace : context.getName());
	}

	@Override
	public void onScopeOpened(Observation.Context context) {
		this.before.get().push(String.valueOf(MDC.get(this.key)));
		String trace = context.get("trace");
		if (trace == null) {
			MDC.remove(this.key);
		}
		else {
			MDC.put(this.key, trace);
		}
	}

	@Override
	public void onScopeClosed(Observation.Context context) {
		String trace = this.before.get().pop();
		if (trace.equals("null")) {
			MDC.remove(this.key);
		}
		else {
			MDC.put(this.key, trace);
		}
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return true;
	}

}
