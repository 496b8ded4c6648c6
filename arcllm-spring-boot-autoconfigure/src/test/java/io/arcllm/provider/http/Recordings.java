package io.arcllm.provider.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Real vendors' recorded answers, where they are present beside the project.
 */
public final class Recordings {

	private Recordings() {
	}

	/** The recorded streams whose file name matches, by name. */
	public static List<Path> streams(String pattern) {
		Path directory = find();
		if (directory == null) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(directory.resolve("streams"))) {
			return files.filter((file) -> file.getFileName().toString().matches(pattern)).sorted().toList();
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

	private static Path find() {
		if (System.getProperty("arcllm.wire") != null) {
			return Path.of(System.getProperty("arcllm.wire"));
		}
		for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
			Path candidate = at.resolve("shared/wire");
			if (Files.isDirectory(candidate.resolve("streams"))) {
				return candidate;
			}
		}
		return null;
	}

}
