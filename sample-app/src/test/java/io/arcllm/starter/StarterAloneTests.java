package io.arcllm.starter;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An application that has the starter and nothing else starts with the profile, and gets
 * answers of a type.
 */
class StarterAloneTests {

	/** What the starter brings. */
	private static final Pattern BROUGHT = Pattern.compile("(arcllm-spring-boot-(starter|autoconfigure)"
			+ "|spring-(aop|beans|context|core|expression|web|webflux|retry)"
			+ "|spring-boot(-autoconfigure|-http-client|-http-codec|-jackson|-netty|-reactor|-reactor-netty|-webclient)?"
			+ "|spring-boot-starter(-logging|-jackson|-reactor-netty|-webclient)?"
			+ "|commons-logging|logback-(classic|core)|log4j-(api|to-slf4j)|slf4j-api|jul-to-slf4j|snakeyaml"
			+ "|jackson-(annotations|core|databind)|classmate|jsonschema-(generator|module-jackson)|jspecify"
			+ "|reactor-(core|netty-core|netty-http)|reactive-streams|netty-.*|jakarta.annotation-api"
			+ "|resilience4j-(core|circuitbreaker)|micrometer-(commons|observation))-[0-9].*\\.jar");

	@Test
	void typedAnswersAndTheProfileNeedNothingElse() throws Exception {
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		try (FakeVendors vendors = FakeVendors.start();
				URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
			Thread.currentThread().setContextClassLoader(loader);
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("org.springframework.boot.actuate.endpoint.annotation.Endpoint"));
			Object said = loader.loadClass(StarterAlone.class.getName())
				.getMethod("ask", String.class)
				.invoke(null, vendors.of("openai").url() + "/v1");
			assertThat(said.toString()).contains("Fallback(", "Retry(", "CircuitBreaker(")
				.contains("City[city=Bonn, sights=[");
		}
		finally {
			Thread.currentThread().setContextClassLoader(own);
		}
	}

	private static URL[] classPath() {
		Stream<String> jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> BROUGHT.matcher(new File(entry).getName()).matches()
					&& !entry.replace('\\', '/').contains("com/fasterxml/jackson/core/jackson-databind")
					&& !entry.replace('\\', '/').contains("com/fasterxml/jackson/core/jackson-core"));
		return Stream
			.concat(jars.map(StarterAloneTests::url),
					Stream.of(LlmProvider.class, StarterAlone.class)
						.map((type) -> type.getProtectionDomain().getCodeSource().getLocation()))
			.distinct()
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return new File(entry).toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
