package io.arcllm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an error is, wherever it goes.
 */
class LlmExceptionTests {

	private static final Target TARGET = new Target("acme", "m");

	private static final Trail TRAIL = new Trail(
			List.of(Attempt.skipped(TARGET, Duration.ZERO, ErrorKind.CIRCUIT_OPEN, "open")));

	@Test
	void kindStatusAndMessageSurviveSerialization() throws Exception {
		LlmException failure = LlmException.of(ErrorKind.RATE_LIMITED, "busy")
			.target(TARGET)
			.status(429)
			.body("secret")
			.partial(LlmResponse.of("half an answer"))
			.retryAfter(Duration.ofSeconds(7))
			.build()
			.withTrail(TRAIL);
		LlmException read = again(failure);
		assertThat(read).hasMessage("busy");
		assertThat(read.kind()).isEqualTo(ErrorKind.RATE_LIMITED);
		assertThat(read.status()).isEqualTo(429);
		assertThat(read.retryAfter()).isEqualTo(Duration.ofSeconds(7));
		assertThat(read.details().kind()).isEqualTo(ErrorKind.RATE_LIMITED);
		assertThat(read.trail()).isSameAs(Trail.EMPTY);
		assertThat(read.isRetryable()).isTrue();
		assertThat(read.failsOver()).isEqualTo(failure.failsOver());
		assertThat(read.getStackTrace()).isEqualTo(failure.getStackTrace());
	}

	@Test
	void answerAndBodyStayBehind() throws Exception {
		LlmException read = again(LlmException.of(ErrorKind.INTERRUPTED, "broke off")
			.target(TARGET)
			.body("secret")
			.partial(LlmResponse.of("half an answer"))
			.build());
		assertThat(read.body()).isNull();
		assertThat(read.partial()).isNull();
		assertThat(read.provider()).isEqualTo("acme");
		assertThat(read.vendorCode()).isNull();
		assertThat(read.retryAfter()).isNull();
	}

	@Test
	void whatWasReadMayBeThrownAndExhaustedAgain() throws Exception {
		LlmException read = again(LlmException.of(ErrorKind.OVERLOADED, "busy").build());
		LlmException told = read.exhausted("a -> b", List.of(LlmException.of(ErrorKind.NETWORK, "no").build()))
			.withTrail(TRAIL);
		assertThat(told.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(told).hasMessageContaining("a -> b");
		assertThat(told.trail()).isEqualTo(TRAIL);
		assertThat(read.withTrail(TRAIL).trail()).isEqualTo(TRAIL);
	}

	private static LlmException again(LlmException failure) throws IOException, ClassNotFoundException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(failure);
		}
		assertThat(bytes.toString()).doesNotContain("secret", "half an answer");
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			return (LlmException) in.readObject();
		}
	}

}
