package io.arcllm;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorKindTests {

	private static Set<ErrorKind> byDefault(String key) throws IOException {
		Properties defaults = PropertiesLoaderUtils
			.loadProperties(new ClassPathResource("META-INF/arcllm/defaults.properties"));
		return Stream.of(defaults.getProperty(key).split(","))
			.map((word) -> ErrorKind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_')))
			.collect(Collectors.toCollection(() -> EnumSet.noneOf(ErrorKind.class)));
	}

	@Test
	void defaultsOfRetryAreTheTable() throws IOException {
		assertThat(byDefault("arcllm.modules.retry.on"))
			.isEqualTo(Stream.of(ErrorKind.values()).filter(ErrorKind::isRetryable).collect(Collectors.toSet()));
	}

	@Test
	void defaultsOfFallbackAreTheTable() throws IOException {
		assertThat(byDefault("arcllm.modules.fallback.on"))
			.isEqualTo(Stream.of(ErrorKind.values()).filter(ErrorKind::failsOver).collect(Collectors.toSet()));
	}

	@ParameterizedTest
	@EnumSource
	void kindThatEndsTheCallIsNeitherAskedAgainNorElsewhere(ErrorKind kind) {
		if (kind.endsTheCall()) {
			assertThat(kind.isRetryable() || kind.failsOver() || kind.isCountedByBreaker()).isFalse();
		}
		if (kind.isUnsent()) {
			assertThat(kind.isCountedByBreaker()).isFalse();
			assertThat(LlmException.of(kind, "refused").build().wasSent()).isFalse();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatIsTheKeysMayAskAnotherOne(ErrorKind kind) {
		assertThat(kind.asksAnotherKey())
			.isEqualTo(kind.domain() == ErrorKind.Domain.KEY && kind != ErrorKind.PERMISSION);
	}

	@ParameterizedTest
	@EnumSource
	void everyKindHasAStatusForAnApplicationsClients(ErrorKind kind) {
		assertThat(kind.httpStatus()).isBetween(400, 504);
		assertThat(kind.httpStatus() >= 500).as("the client's own mistake")
			.isEqualTo(kind.domain() == ErrorKind.Domain.MODEL && kind != ErrorKind.MODEL_NOT_FOUND
					|| kind.domain() == ErrorKind.Domain.ENDPOINT
					|| Set
						.of(ErrorKind.CIRCUIT_OPEN, ErrorKind.BULKHEAD_FULL, ErrorKind.DEADLINE_EXCEEDED,
								ErrorKind.AUDIT_UNAVAILABLE)
						.contains(kind));
	}

	@ParameterizedTest
	@EnumSource
	void whatLastsIsLeftAloneForTheRestOfTheCallAndNotRetried(ErrorKind kind) {
		if (kind.isLasting()) {
			assertThat(kind.isRetryable()).isFalse();
			assertThat(LlmException.of(kind, "refused").build().leaveAloneFor()).isGreaterThan(Duration.ofDays(1000));
		}
	}

	@Test
	void silenceIsLeftAloneForTheRestOfTheCall() {
		LlmException silence = LlmException.of(ErrorKind.TIMEOUT, "silent").stage(TimeoutStage.IDLE).build();
		assertThat(silence.isSilence()).isTrue();
		assertThat(silence.leaveAloneFor()).isGreaterThan(Duration.ofDays(1000));
		LlmException connect = LlmException.of(ErrorKind.TIMEOUT, "slow").stage(TimeoutStage.CONNECT).build();
		assertThat(connect.isSilence()).isFalse();
		assertThat(connect.leaveAloneFor()).isNull();
		assertThat(connect.wasSent()).isFalse();
		assertThat(LlmException.of(ErrorKind.TIMEOUT, "408").status(408).build().isSilence()).isFalse();
	}

	@Test
	void vendorsWaitIsWhatATargetIsLeftAloneFor() {
		assertThat(LlmException.of(ErrorKind.RATE_LIMITED, "429").build().leaveAloneFor()).isNull();
		assertThat(LlmException.of(ErrorKind.RATE_LIMITED, "429")
			.retryAfter(Duration.ofSeconds(3))
			.build()
			.leaveAloneFor()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void requestRefusedBeforeItWasSentWasNotSent() {
		assertThat(LlmException.of(ErrorKind.UNSUPPORTED, "no pictures").build().wasSent()).isFalse();
		assertThat(LlmException.of(ErrorKind.UNSUPPORTED, "no pictures").status(400).build().wasSent()).isTrue();
	}

	@Test
	void interruptionEndsTheCallOnceSomethingWasDelivered() {
		assertThat(LlmException.of(ErrorKind.INTERRUPTED, "cut").build().endsTheCall()).isFalse();
		assertThat(LlmException.of(ErrorKind.INTERRUPTED, "cut").partial(LlmResponse.of("a")).build().endsTheCall())
			.isTrue();
		assertThat(LlmException.of(ErrorKind.CANCELLED, "gone").build().endsTheCall()).isTrue();
	}

}
