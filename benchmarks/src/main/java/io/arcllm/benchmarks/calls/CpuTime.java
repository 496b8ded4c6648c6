package io.arcllm.benchmarks.calls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import com.sun.management.OperatingSystemMXBean;

/**
 * The CPU time of this process, with its compiler's and collector's threads. The JVM
 * knows it in steps of 10 ms; Linux knows each thread's in nanoseconds.
 */
final class CpuTime {

	private static final Path THREADS = Path.of("/proc/self/task");

	private CpuTime() {
	}

	/** So far, in nanoseconds. */
	static long nanos() {
		return Files.isReadable(Path.of("/proc/self/schedstat")) ? ofThreads()
				: ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
	}

	private static long ofThreads() {
		long nanos = 0;
		try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
			for (Path thread : threads) {
				nanos += ofThread(thread);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return nanos;
	}

	private static long ofThread(Path thread) throws IOException {
		try {
			String text = Files.readString(thread.resolve("schedstat"));
			return Long.parseLong(text.substring(0, text.indexOf(' ')));
		}
		catch (NoSuchFileException ex) {
			return 0;
		}
	}

}
