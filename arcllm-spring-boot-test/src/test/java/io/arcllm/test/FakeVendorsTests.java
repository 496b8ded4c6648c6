package io.arcllm.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The simulator listens on loopback alone, keeps its pace, and leaves nothing behind.
 */
class FakeVendorsTests {

	@Test
	void listensOnLoopbackAlone() {
		try (FakeVendors simulator = FakeVendors.start(FakeVendorSettings.instant())) {
			assertThat(simulator.vendors()).hasSize(3)
				.allSatisfy((vendor) -> assertThat(URI.create(vendor.url()).getHost()).isEqualTo("127.0.0.1"));
		}
	}

	@Test
	void keepsItsPace() throws Exception {
		Pace pace = new Pace(Duration.ofMillis(200), 100);
		try (FakeVendors simulator = FakeVendors.start(new FakeVendorSettings(pace, Map.of(), "", 0))) {
			long start = System.nanoTime();
			RawHttp.post(simulator.vendor("openai").orElseThrow().url() + "/v1/chat/completions", """
					{"model":"m","stream":true,"max_tokens":20,"messages":[{"role":"user","content":"Hi"}]}""");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(270));
		}
	}

	@Test
	void closingEndsItsThreads() {
		List<Thread> others = threads();
		FakeVendors simulator = FakeVendors.start(FakeVendorSettings.instant());
		List<Thread> threads = threads().stream().filter((thread) -> !others.contains(thread)).toList();
		assertThat(threads).isNotEmpty();
		simulator.close();
		assertThat(threads).allSatisfy((thread) -> {
			thread.join(5000);
			assertThat(thread.isAlive()).isFalse();
		});
	}

	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("simulator-"))
			.toList();
	}

	@Test
	void packageCanBeLiftedOut() throws IOException {
		try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/arcllm/test/vendor"))) {
			assertThat(sources.flatMap(FakeVendorsTests::imports)).isNotEmpty()
				.allMatch((line) -> line.matches(
						"import (static )?(java|io\\.netty|reactor|org\\.reactivestreams|org\\.jspecify|tools\\.jackson)\\..*"));
		}
	}

	private static Stream<String> imports(Path source) {
		try {
			return Files.readAllLines(source).stream().filter((line) -> line.startsWith("import "));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
