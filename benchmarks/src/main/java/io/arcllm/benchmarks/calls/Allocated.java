package io.arcllm.benchmarks.calls;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/**
 * How much memory the threads of this process have asked for. Other work on the machine
 * changes nothing about it.
 */
final class Allocated {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private Allocated() {
	}

	/** So far, by the threads that there are. */
	static long bytes() {
		long bytes = 0;
		for (long thread : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
			bytes += Math.max(0, thread);
		}
		return bytes;
	}

}
