package io.arcllm.provider.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every hostile answer ends in time in a process with a heap of 256 MB, which goes on to
 * answer for its health. A smaller share of them runs in {@link BoundedAnswersTests}.
 */
class HostileAnswersTests {

	@Test
	@Tag("proof")
	@Timeout(value = 6, unit = TimeUnit.MINUTES)
	void endTypedWithASmallHeap() throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx256m", "-cp", System.getProperty("java.class.path"), HostileAnswers.class.getName())
			.redirectErrorStream(true)
			.start();
		try {
			String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor()).as(said).isZero();
			assertThat(said).contains("slowest health").doesNotContain("FAILED");
		}
		finally {
			process.destroyForcibly();
		}
	}

}
