package io.arcllm.provider.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NettyVersionsTests {

	@ParameterizedTest
	@CsvSource({ "4.2.17.Final, 1.3.7, 2", "4.2.18.Final, 1.3.8, 0", "4.2.19.Final, 1.3.10, 0",
			"4.1.130.Final, 1.3.8, 1", "4.3.0.Alpha1, 1.4.0-SNAPSHOT, 0", "5.0, 2, 0", ", , 0", "4.2.18.Final, 1.3, 1",
			"dev, 1.3.8, 1" })
	void olderVersionsAreNamed(String netty, String reactorNetty, int older) {
		assertThat(NettyVersions.older(netty, reactorNetty)).hasSize(older)
			.allMatch((line) -> line.contains("import io.arcllm:arcllm-bom"));
	}

	@Test
	void testedVersionsAreThoseOfTheBom() throws IOException {
		String parent = Files.readString(Path.of("../pom.xml"));
		assertThat(parent).contains("<netty.version>" + NettyVersions.NETTY + "</netty.version>",
				"<reactor-netty.version>" + NettyVersions.REACTOR_NETTY + "</reactor-netty.version>");
		assertThat(Files.readString(Path.of("../arcllm-bom/pom.xml"))).contains("${netty.version}",
				"${reactor-netty.version}");
	}

	@Test
	void whatIsOnThisClassPathIsKnown() {
		assertThat(NettyVersions.older()).hasSizeLessThanOrEqualTo(2).noneMatch((line) -> line.contains("null"));
	}

}
