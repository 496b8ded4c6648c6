package io.arcllm.autoconfigure;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
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
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

/**
 * A real server with Spring MVC or WebFlux whose controllers ask a provider, after a
 * filter has put something into the context of each request.
 */
final class ContextServer implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final AtomicReference<@Nullable Asked> asked;

	private ContextServer(ConfigurableApplicationContext context, AtomicReference<@Nullable Asked> asked) {
		this.context = context;
		this.asked = asked;
	}

	/**
	 * What a request to the server asks.
	 *
	 * @param key of what the filter puts into the MDC
	 * @param trace the name of its observation
	 * @param thread where the controller was asked
	 */
	record Asked(LlmProvider provider, String key, String trace, ObservationRegistry observations,
			AtomicReference<String> thread) {

		LlmResponse answer() {
			this.thread.set(String.valueOf(Thread.currentThread()));
			return this.provider.invoke(LlmRequest.of("hi"));
		}

		Flux<String> words() {
			this.thread.set(String.valueOf(Thread.currentThread()));
			return this.provider.text(LlmRequest.of("hi"));
		}

	}

	/** Tomcat and Spring MVC. */
	static ContextServer mvc(boolean virtual) {
		AtomicReference<@Nullable Asked> asked = new AtomicReference<>();
		var context = new AnnotationConfigServletWebServerApplicationContext();
		TestPropertyValues.of("server.port=0", "server.address=127.0.0.1", "spring.threads.virtual.enabled=" + virtual)
			.applyTo(context);
		context.registerBean("asked", AtomicReference.class, () -> asked);
		context.register(Mvc.class);
		context.refresh();
		return new ContextServer(context, asked);
	}

	/** Reactor Netty and WebFlux. */
	static ContextServer webFlux() {
		AtomicReference<@Nullable Asked> asked = new AtomicReference<>();
		var context = new AnnotationConfigReactiveWebServerApplicationContext();
		TestPropertyValues.of("server.port=0", "server.address=127.0.0.1").applyTo(context);
		context.registerBean("asked", AtomicReference.class, () -> asked);
		context.register(Reactive.class);
		context.refresh();
		return new ContextServer(context, asked);
	}

	/**
	 * Has a controller ask.
	 * @return what it answers
	 */
	String ask(Asked asked, boolean streaming) throws IOException {
		this.asked.set(asked);
		int port = ((WebServerApplicationContext) this.context).getWebServer().getPort();
		var connection = (HttpURLConnection) URI
			.create("http://127.0.0.1:" + port + (streaming ? "/streamed" : "/whole"))
			.toURL()
			.openConnection();
		connection.setReadTimeout(30_000);
		return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * With a thread for each request.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class })
	static class Mvc {

		@Bean
		Filter callers(AtomicReference<Asked> asked) {
			return (request, response, chain) -> {
				Asked now = asked.get();
				MDC.put(now.key(), "caller");
				try {
					Observation.createNotStarted(now.trace(), now.observations())
						.observeChecked(() -> chain.doFilter(request, response));
				}
				catch (Throwable ex) {
					throw new IOException(ex);
				}
				finally {
					MDC.remove(now.key());
				}
			};
		}

		@Bean
		Blocking controller(AtomicReference<Asked> asked) {
			return new Blocking(asked);
		}

	}

	/**
	 * On event loops.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ NettyReactiveWebServerAutoConfiguration.class, HttpHandlerAutoConfiguration.class,
			WebFluxAutoConfiguration.class, CodecsAutoConfiguration.class })
	static class Reactive {

		@Bean
		WebFilter callers(AtomicReference<Asked> asked) {
			return (exchange, chain) -> {
				Asked now = asked.get();
				Observation observation = Observation.start(now.trace(), now.observations());
				return chain.filter(exchange)
					.doFinally((signal) -> observation.stop())
					.contextWrite((context) -> context.put(now.key(), "caller")
						.put(ObservationThreadLocalAccessor.KEY, observation));
			};
		}

		@Bean
		NonBlocking controller(AtomicReference<Asked> asked) {
			return new NonBlocking(asked);
		}

	}

	/**
	 * Waits for whole answers.
	 */
	@RestController
	record Blocking(AtomicReference<Asked> asked) {

		@GetMapping("/whole")
		String whole() {
			return this.asked.get().answer().text();
		}

		@GetMapping(path = "/streamed", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> streamed() {
			return this.asked.get().words();
		}

	}

	/**
	 * Never waits.
	 */
	@RestController
	record NonBlocking(AtomicReference<Asked> asked) {

		@GetMapping("/whole")
		Mono<String> whole() {
			Asked now = this.asked.get();
			now.thread().set(String.valueOf(Thread.currentThread()));
			return now.provider().invokeAsync(LlmRequest.of("hi")).map(LlmResponse::text);
		}

		@GetMapping(path = "/streamed", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> streamed() {
			return this.asked.get().words();
		}

	}

}
