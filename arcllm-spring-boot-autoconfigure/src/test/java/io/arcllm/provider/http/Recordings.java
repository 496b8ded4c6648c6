package io.arcllm.provider.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Recorded answers of real vendors; {@code -Darcllm.wire} names a larger collection of
 * the same layout.
 */
public final class Recordings {

	private static final Path DIRECTORY = Path.of(System.getProperty("arcllm.wire", "src/test/resources/wire"));

	private Recordings() {
	}

	/** The recorded streams whose file name matches, by name; never none. */
	public static List<Path> streams(String pattern) {
		try (Stream<Path> files = Files.list(DIRECTORY.resolve("streams"))) {
			List<Path> streams = files.filter((file) -> file.getFileName().toString().matches(pattern))
				.sorted()
				.toList();
			assertThat(streams).as(pattern).isNotEmpty();
			return streams;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The bytes of a recording. */
	public static byte[] bytes(Path file) {
		try {
			return Files.readAllBytes(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
