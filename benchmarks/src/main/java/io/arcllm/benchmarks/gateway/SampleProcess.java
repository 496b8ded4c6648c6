package io.arcllm.benchmarks.gateway;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The sample application in a JVM of its own, with one vendor and no simulator, for as
 * long as this is open.
 */
final class SampleProcess implements AutoCloseable {

	private final Process process;

	private final int port;

	private SampleProcess(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * @param vendor the base URL of a vendor in OpenAI's format
	 * @param settings more of them, such as {@code --arcllm.modules.retry.enabled=false}
	 */
	static SampleProcess start(String vendor, List<String> settings) throws Exception {
		int port = freePort();
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
		command.addAll(List.of("-jar", jar().toString(), "--simulator.enabled=false", "--server.port=" + port,
				"--server.address=127.0.0.1", "--arcllm.provider=openai",
				"--arcllm.providers.openai.base-url=" + vendor, "--arcllm.providers.openai.api-key=key",
				"--arcllm.modules.fallback.chain=ollama/llama3.2"));
		command.addAll(settings);
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		SampleProcess sample = new SampleProcess(process, port);
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
		sample.awaitHealth();
		return sample;
	}

	URI url(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	/** The CPU time of the process so far. */
	Duration cpu() {
		return this.process.info().totalCpuDuration().orElse(Duration.ZERO);
	}

	@Override
	public void close() {
		this.process.destroy();
	}

	private void awaitHealth() throws InterruptedException, IOException {
		HttpClient client = HttpClient.newHttpClient();
		HttpRequest health = HttpRequest.newBuilder(url("/actuator/health")).build();
		for (int i = 0; i < 600 && this.process.isAlive(); i++) {
			try {
				client.send(health, HttpResponse.BodyHandlers.discarding());
				return;
			}
			catch (ConnectException ex) {
				Thread.sleep(100);
			}
		}
		close();
		throw new IllegalStateException("The sample application did not start");
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	/** Beside this module. */
	private static Path jar() throws IOException, URISyntaxException {
		Path own = Path.of(SampleProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		Path target = own.resolve("../../../sample-app/target").normalize();
		try (Stream<Path> files = Files.list(target)) {
			return files.filter((file) -> file.getFileName().toString().matches("sample-app-.*\\.jar"))
				.findFirst()
				.orElseThrow(() -> new IllegalStateException("No jar in " + target));
		}
	}

}
