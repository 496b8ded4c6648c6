package io.arcllm.test;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Fake vendors, scripts and the report are there in an application that has no test
 * libraries at run time.
 */
class WithoutTestLibrariesTests {

	private static final Pattern TEST_LIBRARIES = Pattern.compile(
			".*(junit|assertj|opentest4j|apiguardian|mockito|byte-buddy|objenesis|hamcrest|awaitility|spring-test|spring-boot-test|jsonassert|json-path|xmlunit|console|mockwebserver|reactor-test|spring-boot-starter-test).*");

	@Test
	void runsWithoutThem() throws Exception {
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
			Thread.currentThread().setContextClassLoader(loader);
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("org.junit.jupiter.api.Test"));
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass("org.assertj.core.api.Assertions"));
			Object vendors = loader.loadClass("io.arcllm.test.FakeVendors").getMethod("start").invoke(null);
			Object vendor = vendors.getClass().getMethod("of", String.class).invoke(vendors, "openai");
			String url = String.valueOf(vendor.getClass().getMethod("url").invoke(vendor));
			assertThat(ask(url).body()).contains("Simulated answer");
			vendors.getClass().getMethod("close").invoke(vendors);
			Object scripted = loader.loadClass("io.arcllm.test.ScriptedLlm").getMethod("create").invoke(null);
			scripted.getClass().getMethod("answer", String.class).invoke(scripted, "yes");
			Object answer = scripted.getClass().getMethod("invoke", String.class).invoke(scripted, "hi");
			assertThat(answer.getClass().getMethod("text").invoke(answer)).isEqualTo("yes");
			for (String type : List.of("SurvivalReport", "SurvivalRun", "ArcllmTime", "Dial")) {
				assertThat(Class.forName("io.arcllm.test." + type, true, loader).getDeclaredMethods()).isNotEmpty();
			}
		}
		finally {
			Thread.currentThread().setContextClassLoader(own);
		}
	}

	private static HttpResponse<String> ask(String url) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
				.POST(HttpRequest.BodyPublishers
					.ofString("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
				.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static URL[] classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !TEST_LIBRARIES.matcher(new File(entry).getName()).matches())
			.map(WithoutTestLibrariesTests::url)
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
