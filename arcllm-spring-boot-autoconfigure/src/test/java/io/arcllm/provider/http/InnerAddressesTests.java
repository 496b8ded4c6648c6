package io.arcllm.provider.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;

import javax.net.ssl.SSLHandshakeException;

import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages of failed connections may be shown to anybody: they name no host and no
 * address, which the cause keeps.
 */
class InnerAddressesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"finishConnect(..) failed with error(-111): Connection refused: inner-host/10.0.0.7:11434 | finishConnect(..) failed with error(-111): Connection refused",
			"Connection refused: /127.0.0.1:1 | Connection refused",
			"Connection refused: localhost/[0:0:0:0:0:0:0:1]:8080 | Connection refused",
			"Connection refused: no further information: inner-host:80 | Connection refused: no further information",
			"http, none, /10.0.0.8:3128 => inner-host/10.0.0.7:443, status: 403 | http, none, => status: 403",
			"recvAddress(..) failed with error(-104): Connection reset by peer | recvAddress(..) failed with error(-104): Connection reset by peer",
			"inner-host/10.0.0.7:80 | the connection broke", "No route to host: 10.0.0.7 | No route to host",
			"see https://inner-host now | the connection broke" })
	void areInNoMessage(String message, String brief) {
		for (IOException cause : new IOException[] { new ConnectException(message), new SocketException(message),
				new IOException(message) }) {
			LlmException failure = translate(cause);
			assertThat(failure).hasMessage("acme/m failed: " + brief);
			assertThat(failure.getCause()).hasMessage(message);
		}
	}

	@ParameterizedTest
	@CsvSource({ "No name matching inner-host found",
			"No subject alternative names matching IP address 10.0.0.7 found" })
	void areInNoMessageOfCertificates(String message) {
		assertThat(translate(new SSLHandshakeException(message)))
			.hasMessage("acme/m failed: its certificate is for another host");
	}

	private static LlmException translate(Throwable cause) {
		return TransportErrors.translate(cause, new Target("acme", "m"), TimeoutStage.ATTEMPT, null);
	}

}
