package io.arcllm.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunctions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An LlmException without a handler is a problem in Spring MVC and in WebFlux, however
 * the application ends with it.
 */
class ProblemsOverHttpTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static ConfigurableApplicationContext mvc;

	private static ConfigurableApplicationContext webFlux;

	@BeforeAll
	static void start() {
		var servlet = new AnnotationConfigServletWebServerApplicationContext();
		var reactive = new AnnotationConfigReactiveWebServerApplicationContext();
		TestPropertyValues port = TestPropertyValues.of("server.port=0", "server.address=127.0.0.1");
		port.applyTo(servlet);
		port.applyTo(reactive);
		servlet.register(Mvc.class);
		reactive.register(Reactive.class);
		servlet.refresh();
		reactive.refresh();
		mvc = servlet;
		webFlux = reactive;
	}

	@AfterAll
	static void stop() {
		mvc.close();
		webFlux.close();
	}

	@ParameterizedTest
	@CsvSource({ "mvc, thrown", "mvc, caused", "mvc, later", "mvc, mono", "mvc, events", "mvc, route",
			"webFlux, thrown", "webFlux, caused", "webFlux, later", "webFlux, mono", "webFlux, events",
			"webFlux, route" })
	void failureIsAProblem(String server, String path) throws Exception {
		for (String accept : path.equals("events") ? List.of("*/*", "text/event-stream")
				: List.of("*/*", "application/json", "text/html")) {
			HttpResponse<String> response = ask(server.equals("mvc") ? mvc : webFlux, path, accept);
			assertThat(response.statusCode()).as(response.body()).isEqualTo(429);
			assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("application/problem+json");
			assertThat(response.headers().firstValue("retry-after")).hasValue("3");
			JsonNode problem = new JsonMapper().readTree(response.body());
			assertThat(problem.path("kind").asString()).isEqualTo("RATE_LIMITED");
			assertThat(problem.path("status").asInt()).isEqualTo(429);
			assertThat(problem.path("retry-after").asInt()).isEqualTo(3);
			assertThat(problem.path("detail").asString()).isEqualTo("slow down");
		}
	}

	private static HttpResponse<String> ask(ConfigurableApplicationContext context, String path, String accept)
			throws Exception {
		int port = ((WebServerApplicationContext) context).getWebServer().getPort();
		return CLIENT.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + path))
			.header("accept", accept)
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static LlmException failure() {
		return LlmException.of(ErrorKind.RATE_LIMITED, "slow down").retryAfter(Duration.ofMillis(2100)).build();
	}

	/**
	 * Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(Failing.class)
	@ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class, JacksonAutoConfiguration.class,
			ArcllmProblemAutoConfiguration.class })
	static class Mvc {

		@Bean
		org.springframework.web.servlet.function.RouterFunction<?> route() {
			return org.springframework.web.servlet.function.RouterFunctions.route().GET("/route", (request) -> {
				throw failure();
			}).build();
		}

	}

	/**
	 * WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(Failing.class)
	@ImportAutoConfiguration({ NettyReactiveWebServerAutoConfiguration.class, HttpHandlerAutoConfiguration.class,
			WebFluxAutoConfiguration.class, CodecsAutoConfiguration.class, JacksonAutoConfiguration.class,
			ArcllmProblemAutoConfiguration.class })
	static class Reactive {

		@Bean
		org.springframework.web.reactive.function.server.RouterFunction<?> route() {
			return RouterFunctions.route().GET("/route", (request) -> Mono.error(failure())).build();
		}

	}

	/**
	 * Fails in all ways.
	 */
	@RestController
	static class Failing {

		@GetMapping("/thrown")
		String thrown() {
			throw failure();
		}

		@GetMapping("/caused")
		String caused() {
			throw new CompletionException(failure());
		}

		@GetMapping("/later")
		CompletableFuture<String> later() {
			return CompletableFuture.failedFuture(failure());
		}

		@GetMapping("/mono")
		Mono<String> mono() {
			return Mono.error(failure());
		}

		@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> events() {
			return Flux.error(failure());
		}

	}

}
