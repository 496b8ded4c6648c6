package io.arcllm.provider.error;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is told of exceptions of other code names no host, no address, no URL and no key.
 */
class FailureWordsTests {

	private static final String INNER = "http://10.0.0.7:8080/secret?key=canary";

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"I/O error on GET request for \"http://inner-host:8080/secret?key=canary\": inner-host: Name or service not known | I/O error on GET request for \"…\": Name or service not known",
			"Connection refused: /10.0.0.7:11434 | Connection refused",
			"finishConnect(..) failed with error(-111): Connection refused: inner-host/10.0.0.7:11434 | finishConnect(..) failed with error(-111): Connection refused",
			"Connection refused: localhost/[0:0:0:0:0:0:0:1]:8080 | Connection refused",
			"Failed to connect to inner-host/10.0.0.7:443 | Failed to connect to",
			"Connect to http://user:pass@inner-host:8080/x [inner-host/10.0.0.7] failed: Connection refused | Connect to … failed: Connection refused",
			"No route to host: fe80::1%eth0 ::1 fe80:0:0:0:1 | No route to host: fe80::1%eth0",
			"see jdbc:postgresql://10.0.0.7:5432/db?password=x, please | see jdbc:… please",
			"no connection to inner-host:80 | no connection to", "unresolved: inner-host/<unresolved>:80 | unresolved",
			"Incorrect API key provided: sk-proj-canary0123456789 | Incorrect API key provided: ***",
			"a token=canary0123456789 in it | a token=*** in it",
			"Content type 'text/html' not supported at 10:15 | Content type 'text/html' not supported at 10:15",
			"version 1.2.3 and 1.2.3.4.5 | version 1.2.3 and 1.2.3.4.5" })
	void nameNothingOfTheInside(String said, String told) {
		assertThat(FailureWords.of(new IllegalStateException(said)))
			.isEqualTo("java.lang.IllegalStateException: " + told);
	}

	@ParameterizedTest
	@MethodSource
	void ofClientsNameNothingOfTheInside(Throwable failure, String told) {
		assertThat(FailureWords.words(failure)).isEqualTo(told);
	}

	static Stream<Arguments> ofClientsNameNothingOfTheInside() {
		return Stream.of(
				Arguments.of(new ResourceAccessException("I/O error on POST request for \"" + INNER + "\": inner-host",
						new UnknownHostException("inner-host")), "I/O error on POST request for \"…\""),
				Arguments.of(web(new UnknownHostException("Failed to resolve 'in' [A(1), AAAA(28)]")),
						"Failed to resolve [A(1), AAAA(28)]"),
				Arguments.of(web(new ConnectException("Connection refused: /10.0.0.7:8080")), "Connection refused"),
				Arguments.of(web(new SSLHandshakeException("No name matching inner-host found")),
						"its certificate is for another host"),
				Arguments.of(new IOException(new SSLPeerUnverifiedException("Hostname inner-host not verified: x")),
						"its certificate is for another host"),
				Arguments.of(new IOException(), ""), Arguments.of(new Mute(), ""));
	}

	private static WebClientRequestException web(IOException cause) {
		return new WebClientRequestException(cause, HttpMethod.POST, URI.create(INNER), HttpHeaders.EMPTY);
	}

	@Test
	void circleOfCausesHasAnEnd() {
		IllegalStateException first = new IllegalStateException("first " + INNER);
		first.initCause(new IllegalStateException("second", first));
		assertThat(FailureWords.words(first)).isEqualTo("first …");
	}

	@ParameterizedTest
	@MethodSource("io.arcllm.provider.error.LongErrorsTests#words")
	@Timeout(value = 15, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void areFoundSoonInLongOnes(String part) {
		for (String words : new String[] { part, part + "://", "a://" + part, part + ":", "1." + part,
				part + "\u202e" }) {
			assertThat(FailureWords.of(new UnknownHostException(words.repeat((1 << 20) / words.length()))))
				.hasSizeLessThan(400);
		}
	}

	/** Fails where it is read. */
	private static final class Mute extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("no words");
		}

	}

}
