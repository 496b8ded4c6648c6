package io.arcllm.benchmarks.calls;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A {@link Vendor} in a JVM of its own, for as long as this is open.
 */
public final class VendorProcess implements AutoCloseable {

	private final Process process;

	private final int port;

	private VendorProcess(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	public static VendorProcess start() throws IOException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-Xmx512m", "-XX:+UseSerialGC", Vendor.class.getName())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader out = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
		String line = out.readLine();
		while (line != null && !line.matches("\\d+")) {
			line = out.readLine();
		}
		if (line == null) {
			throw new IllegalStateException("The vendor's process did not start");
		}
		return new VendorProcess(process, Integer.parseInt(line));
	}

	/**
	 * Where it answers in this manner: {@code coalesced}, {@code delayed},
	 * {@code flushed}, {@code paced}, {@code trickling} or {@code large}.
	 */
	public String url(String manner) {
		return "http://127.0.0.1:" + this.port + "/" + manner + "/v1";
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
