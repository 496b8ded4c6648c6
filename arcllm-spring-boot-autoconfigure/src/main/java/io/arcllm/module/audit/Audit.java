package io.arcllm.module.audit;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.arcllm.AuditRecord;
import io.arcllm.AuditSink;
import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.Trail;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Records calls through a bounded queue and a thread of its own. The engine of the audit
 * module; safe for use by many threads.
 * <p>
 * Invariants: numbers are given in the order of the queue; {@code kept}, the number of
 * places taken, counts queued records and, with {@code on-sink-failure: refuse}, those
 * that calls under way will need; the thread that writes holds no lock while it hashes
 * and writes.
 */
public final class Audit implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(Audit.class);

	private static final String BEGINNING = "0".repeat(64);

	/** The wait before a failed sink is tried again, where no record may be lost. */
	private static final Duration AGAIN = Duration.ofSeconds(1);

	/** How long closing waits for a sink that blocks. */
	private static final Duration LONGEST_FLUSH = Duration.ofSeconds(10);

	private final AuditSettings settings;

	private final AuditSink sink;

	private final Clock clock;

	private final Supplier<String> ids;

	private final Runnable lost;

	private final Deque<RecordedCall> queue = new ArrayDeque<>();

	private long last;

	private int kept;

	private boolean closed;

	private boolean warned;

	private @Nullable Thread writer;

	private String previous = BEGINNING;

	/**
	 * @param sink stores records
	 * @param clock gives the time at which calls end
	 * @param ids makes the id of a call; called on the thread of the caller
	 * @param lost is run for each record that is lost
	 */
	public Audit(AuditSettings settings, AuditSink sink, Clock clock, Supplier<String> ids, Runnable lost) {
		this.settings = settings;
		this.sink = sink;
		this.clock = clock;
		this.ids = ids;
		this.lost = lost;
	}

	/**
	 * A call begins.
	 * @return the call's id
	 * @throws LlmException {@code AUDIT_UNAVAILABLE} if it could not be recorded
	 */
	String begin(Target asked) {
		if (refuses() && !tryKeep()) {
			throw LlmException
				.of(ErrorKind.AUDIT_UNAVAILABLE,
						"The call cannot be recorded: " + this.settings.queue()
								+ " records wait to be written (arcllm.modules.audit.queue)")
				.target(asked)
				.build();
		}
		return this.ids.get();
	}

	private boolean refuses() {
		return this.settings.onSinkFailure() == AuditSettings.OnSinkFailure.REFUSE;
	}

	private synchronized boolean tryKeep() {
		if (this.kept >= this.settings.queue()) {
			return false;
		}
		this.kept++;
		return true;
	}

	/** A call has ended. */
	void ended(String id, Target asked, LlmRequest request, @Nullable LlmResponse response, String outcome, Trail trail,
			Shown shown) {
		boolean queued;
		synchronized (this) {
			long n = ++this.last;
			queued = !this.closed && (refuses() || tryKeep());
			if (queued) {
				this.queue.add(
						new RecordedCall(n, this.clock.instant(), id, asked, request, response, outcome, trail, shown));
				start();
				notifyAll();
			}
		}
		if (!queued) {
			lost("the queue is full");
		}
	}

	/**
	 * Records a change that an operator made.
	 * @param about the target that was changed
	 * @param outcome the change
	 */
	public void note(Target about, RequestMetadata metadata, String outcome) {
		LlmRequest none = LlmRequest.of(List.of()).mutate().metadata(metadata).build();
		ended(begin(about), about, none, null, outcome, Trail.EMPTY, Shown.AS_IT_IS);
	}

	private void start() {
		if (this.writer == null) {
			Thread thread = new Thread(this::write, "arcllm-audit");
			thread.setDaemon(true);
			this.writer = thread;
			thread.start();
		}
	}

	private void write() {
		RecordedCall next = take();
		while (next != null) {
			boolean written = tryWrite(next);
			while (!written && refuses() && pause()) {
				written = tryWrite(next);
			}
			if (!written) {
				lost("the sink failed");
			}
			next = take();
		}
	}

	/** The next record to write, or {@code null} when there will be no more. */
	private synchronized @Nullable RecordedCall take() {
		while (this.queue.isEmpty() && !this.closed) {
			try {
				wait();
			}
			catch (InterruptedException ex) {
				this.closed = true;
			}
		}
		RecordedCall next = this.queue.poll();
		this.kept -= (next == null) ? 0 : 1;
		return next;
	}

	/**
	 * @return false when the audit has ended
	 */
	private synchronized boolean pause() {
		try {
			if (!this.closed) {
				wait(AGAIN.toMillis());
			}
		}
		catch (InterruptedException ex) {
			this.closed = true;
		}
		return !this.closed;
	}

	private boolean tryWrite(RecordedCall call) {
		try {
			AuditRecord record = call.shown().caller().get(() -> write(call));
			if (this.settings.hashChain()) {
				this.previous = RecordedCall.sha256(record.json());
			}
			return true;
		}
		catch (Throwable ex) {
			// the writer continues after any failure
			warn("the sink failed with " + ex.getClass().getName());
			return false;
		}
	}

	private AuditRecord write(RecordedCall call) {
		AuditRecord record = call.record(this.settings, this.settings.hashChain() ? this.previous : null);
		this.sink.write(record);
		return record;
	}

	private void lost(String why) {
		warn(why);
		try {
			this.lost.run();
		}
		catch (RuntimeException ex) {
			warn("nor could it be counted: " + ex.getClass().getName());
		}
	}

	private synchronized void warn(String why) {
		if (!this.warned) {
			this.warned = true;
			logger.error("A record of audit could not be kept: " + why + "; said once, the meter counts all");
		}
	}

	/**
	 * How the content of a record is made, on the writing thread and in the caller's
	 * context.
	 *
	 * @param redaction removes from content what the caller is not shown
	 * @param caller the context of the thread that made the call
	 */
	record Shown(UnaryOperator<String> redaction, CallerContext caller) {

		static final Shown AS_IT_IS = new Shown(UnaryOperator.identity(), CallerContext.NONE);

	}

	/** Writes the queued records. */
	@Override
	public void close() {
		Thread thread;
		synchronized (this) {
			this.closed = true;
			thread = this.writer;
			notifyAll();
		}
		if (thread == null) {
			return;
		}
		try {
			thread.join(LONGEST_FLUSH.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
