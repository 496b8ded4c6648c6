package io.arcllm.module.attempt;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.module.ModuleClock;

/**
 * Which targets do not stream: learnt from what they refused, and forgotten after an
 * hour. Safe for use by many threads.
 */
public class StreamingRefusals {

	private static final long REMEMBERED = 3_600_000_000_000L;

	private static final int MOST = 1000;

	private final Map<Target, Long> until = new LinkedHashMap<>();

	/**
	 * Whether this target is known not to stream.
	 */
	public synchronized boolean refuses(Target target) {
		Long moment = this.until.get(target);
		if (moment != null && moment - ModuleClock.nanos() <= 0) {
			this.until.remove(target);
			return false;
		}
		return moment != null;
	}

	/**
	 * Notes that a target refused to stream.
	 */
	public synchronized void refused(Target target) {
		this.until.remove(target);
		this.until.put(target, ModuleClock.nanos() + REMEMBERED);
		if (this.until.size() > MOST) {
			this.until.remove(this.until.keySet().iterator().next());
		}
	}

	/** Forgets all that was learnt. */
	public synchronized void forget() {
		this.until.clear();
	}

	/**
	 * Whether a failure says that the model or the account may not stream.
	 */
	public static boolean isOne(LlmException failure) {
		if (failure.status() == null || !(failure.kind() == ErrorKind.PERMISSION
				|| failure.kind() == ErrorKind.UNSUPPORTED || failure.kind() == ErrorKind.INVALID_REQUEST)) {
			return false;
		}
		return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("stream");
	}

}
