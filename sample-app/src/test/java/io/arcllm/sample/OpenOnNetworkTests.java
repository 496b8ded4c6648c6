package io.arcllm.sample;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Opened on an address that others reach, the gateway demands its key, and the console
 * stays for callers on this machine.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "simulator.pace.first-token=0s", "simulator.pace.tokens-per-second=0", "simulator.fail-every=0",
				"server.address=0.0.0.0", "gateway.keys.acme=" + OpenOnNetworkTests.KEY,
				"server.forward-headers-strategy=framework" })
class OpenOnNetworkTests {

	static final String KEY = "the-key-of-acme-0001";

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "/v1/models", "/ask?q=Hi", "/actuator/arcllm", "/v1;a=b/models", "/ask;a=b?q=Hi",
			"/actuator;a=b/arcllm" })
	void keyIsDemandedEverywhere(String path) throws Exception {
		for (InetAddress address : new InetAddress[] { InetAddress.getLoopbackAddress(), outer() }) {
			assertThat(get(address, path)).isEqualTo(401);
			assertThat(get(address, path, "Authorization", "Bearer " + KEY + "x")).isEqualTo(401);
			assertThat(get(address, path, "Authorization", "Bearer " + KEY)).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/simulator", "/console/state", "/console/stack" })
	void consoleAnswersOnThisMachineAloneWhateverHeadersSay(String path) throws Exception {
		assertThat(get(InetAddress.getLoopbackAddress(), path)).isEqualTo(200);
		assertThat(get(outer(), path)).isEqualTo(403);
		assertThat(get(outer(), path, "X-Forwarded-For", "127.0.0.1")).isEqualTo(403);
		assertThat(get(outer(), path, "Forwarded", "for=127.0.0.1")).isEqualTo(403);
		assertThat(get(outer(), path, "Authorization", "Bearer " + KEY)).isEqualTo(403);
		assertThat(get(InetAddress.getLoopbackAddress(), path, "X-Forwarded-For", "10.0.0.7")).isEqualTo(403);
	}

	@Test
	void healthNeedsNoKey() throws Exception {
		assertThat(get(outer(), "/actuator/health")).isEqualTo(200);
	}

	@Test
	void withoutAKeyNoAddressOfOthersIsOpened() {
		SpringApplicationBuilder application = new SpringApplicationBuilder(SampleApplication.class);
		assertThatThrownBy(() -> application.run("--server.address=0.0.0.0", "--server.port=0")).rootCause()
			.hasMessageContaining("gateway.api-key");
	}

	/** The actuator's own port is no way round it. */
	@Test
	void withoutAKeyNoManagementPortIsOpened() {
		SpringApplicationBuilder application = new SpringApplicationBuilder(SampleApplication.class);
		assertThatThrownBy(() -> application.run("--management.server.port=0", "--server.port=0")).rootCause()
			.hasMessageContaining("management.server.address is not set")
			.hasMessageContaining("gateway.api-key");
	}

	@Test
	void prefixesOfProxiesOpenNothing() throws Exception {
		for (String prefix : new String[] { "/console", "/js", "/actuator/health" }) {
			assertThat(get(InetAddress.getLoopbackAddress(), "/v1/models", "X-Forwarded-Prefix", prefix))
				.isEqualTo(401);
		}
	}

	private static InetAddress outer() throws IOException {
		InetAddress outer = NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((address) -> address instanceof Inet4Address && !address.isLoopbackAddress())
			.findFirst()
			.orElse(null);
		Assumptions.assumeTrue(outer != null, "This machine has no address but loopback");
		return outer;
	}

	private int get(InetAddress address, String path, String... header) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://" + address.getHostAddress() + ":" + this.port + path));
		if (header.length > 0) {
			request.headers(header);
		}
		return CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
	}

}
