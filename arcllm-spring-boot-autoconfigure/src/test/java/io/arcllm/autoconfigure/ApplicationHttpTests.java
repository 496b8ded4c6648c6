package io.arcllm.autoconfigure;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.stack.LlmWebClientCustomizer;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import mockwebserver3.MockResponse;
import okhttp3.Headers;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.netty.transport.ProxyProvider;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFilterFunctions;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What the application says for all of its HTTP clients holds for vendors, and nothing
 * that is meant for its own services does.
 */
class ApplicationHttpTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	@WholeAndStreamed
	void tokenOfTheApplicationIsNotSentToAVendor(boolean streaming) {
		Headers headers = headers(runner().withBean(WebClientCustomizer.class,
				() -> (builder) -> builder.filter((request,
						next) -> next.exchange(ClientRequest.from(request)
							.headers((all) -> all.setBearerAuth("internal"))
							.header("x-tenant", "acme")
							.build()))),
				streaming);
		assertThat(headers.values("authorization")).containsExactly("Bearer k");
		assertThat(headers.values("x-tenant")).containsExactly("acme");
		assertThat(headers.get("user-agent")).startsWith("ArcLLM");
	}

	@WholeAndStreamed
	void defaultHeadersOfTheApplicationAreNotSentToAVendor(boolean streaming) {
		Headers headers = headers(runner().withBean(WebClientCustomizer.class,
				() -> (builder) -> builder.baseUrl("http://orders.internal")
					.defaultHeader("authorization", "Basic aW50ZXJuYWw6c2VjcmV0")
					.defaultCookie("session", "secret")
					.defaultHeader("content-type", "application/xml")),
				streaming);
		assertThat(headers.values("authorization")).containsExactly("Bearer k");
		assertThat(headers.values("content-type")).containsExactly("application/json");
		assertThat(headers.get("cookie")).isNull();
	}

	@WholeAndStreamed
	void customizerForVendorsMayChangeEverything(boolean streaming) {
		Headers headers = headers(
				runner().withBean(LlmWebClientCustomizer.class,
						() -> (provider, builder) -> builder.defaultHeader("authorization", "Bearer of my own")),
				streaming);
		assertThat(headers.values("authorization")).containsExactly("Bearer of my own");
		headers = headers(runner().withBean(LlmWebClientCustomizer.class,
				() -> (provider, builder) -> builder.filter((request, next) -> next
					.exchange(ClientRequest.from(request).headers((all) -> all.setBearerAuth("of a filter")).build()))),
				streaming);
		assertThat(headers.values("authorization")).containsExactly("Bearer of a filter");
	}

	@WholeAndStreamed
	void builderWithAQualifierIsLeftAlone(boolean streaming) {
		Headers headers = headers(runner().withUserConfiguration(Neighbours.class), streaming);
		assertThat(headers.get("x-neighbours")).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "401, , AUTHENTICATION, false", "400, , INVALID_REQUEST, true", "429, 2, RATE_LIMITED, false",
			"503, , OVERLOADED, true", "429, 2, RATE_LIMITED, true" })
	void filterThatThrowsStatusesLosesNothing(int status, Integer retryAfter, ErrorKind kind, boolean streaming) {
		for (ExchangeFilterFunction filter : new ExchangeFilterFunction[] {
				ExchangeFilterFunctions.statusError((code) -> true, (response) -> new IllegalStateException("mine")),
				(request, next) -> next.exchange(request).flatMap(ClientResponse::createError) }) {
			MockResponse.Builder answer = new MockResponse.Builder().code(status)
				.body("{\"error\":{\"message\":\"words\",\"code\":\"c\"}}");
			if (retryAfter != null) {
				answer.setHeader("retry-after", retryAfter.toString());
			}
			this.vendors.first.enqueue(answer.build());
			runner().withBean(WebClientCustomizer.class, () -> (builder) -> builder.filter(filter)).run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				LlmException failure = catchThrowableOfType(LlmException.class, () -> Vendors.ask(provider, streaming));
				assertThat(failure.kind()).isEqualTo(kind);
				assertThat(failure.status()).isEqualTo(status);
				assertThat(failure.getMessage()).contains("words");
				assertThat(failure.vendorCode()).isEqualTo("c");
				assertThat(failure.retryAfter())
					.isEqualTo((retryAfter == null) ? null : Duration.ofSeconds(retryAfter));
			});
		}
	}

	@WholeAndStreamed
	void proxyOfAllClientsIsAskedThrough(boolean streaming) throws IOException {
		try (ConnectProxy proxy = new ConnectProxy("")) {
			ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> egress = (builder) -> builder
				.withHttpClientCustomizer((client) -> client
					.proxy((to) -> to.type(ProxyProvider.Proxy.HTTP).host("127.0.0.1").port(proxy.port())));
			headers(runner().withBean(ClientHttpConnectorBuilderCustomizer.class, () -> egress), streaming);
			assertThat(proxy.tunnels()).hasSize(1);
		}
	}

	@WholeAndStreamed
	void proxyOfAllClientsIsToldItsPasswordAndGivesWayToTheProvidersOwn(boolean streaming) throws IOException {
		String basic = "Basic " + Base64.getEncoder().encodeToString("ann:s3cret".getBytes(StandardCharsets.US_ASCII));
		try (ConnectProxy all = new ConnectProxy(basic); ConnectProxy own = new ConnectProxy("")) {
			ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> egress = (builder) -> builder
				.withHttpClientCustomizer((client) -> client.proxy((to) -> to.type(ProxyProvider.Proxy.HTTP)
					.host("127.0.0.1")
					.port(all.port())
					.username("ann")
					.password((user) -> "s3cret")));
			ApplicationContextRunner runner = runner().withBean(ClientHttpConnectorBuilderCustomizer.class,
					() -> egress);
			headers(runner, streaming);
			assertThat(all.tunnels()).hasSize(1);
			headers(runner.withPropertyValues("arcllm.providers.first.http.proxy.host=127.0.0.1",
					"arcllm.providers.first.http.proxy.port=" + own.port()), streaming);
			assertThat(own.tunnels()).hasSize(1);
			assertThat(all.tunnels()).hasSize(1);
		}
	}

	@WholeAndStreamed
	void anotherConnectorOfTheApplicationChangesNothing(boolean streaming) {
		headers(runner().withPropertyValues("spring.http.clients.reactive.connector=jdk"), streaming);
	}

	@WholeAndStreamed
	void ofSeveralBuildersThePrimaryOneIsMeantAndElseNone(boolean streaming) {
		assertThat(headers(runner().withUserConfiguration(Several.class), streaming).get("x-of")).isNull();
		assertThat(headers(runner().withUserConfiguration(Several.class)
			.withBean("main", WebClient.Builder.class, () -> tagging("main"),
					(definition) -> definition.setPrimary(true)),
				streaming)
			.get("x-of")).isEqualTo("main");
	}

	private static WebClient.Builder tagging(String tag) {
		return WebClient.builder()
			.filter((request, next) -> next.exchange(ClientRequest.from(request).header("x-of", tag).build()));
	}

	/** Nothing was sent: it is no vendor's failure, and no attempt. */
	@WholeAndStreamed
	void filterThatThrowsBeforeTheRequestIsNoFailureOfTheVendor(boolean streaming) {
		for (ExchangeFilterFunction filter : new ExchangeFilterFunction[] { (request, next) -> {
			throw new IllegalStateException("no token of http://10.0.0.7/canary");
		}, (request, next) -> Mono.error(new IllegalStateException("no token of http://10.0.0.7/canary")) }) {
			runner().withBean(WebClientCustomizer.class, () -> (builder) -> builder.filter(filter)).run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				LlmException failure = catchThrowableOfType(LlmException.class, () -> Vendors.ask(provider, streaming));
				assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
				assertThat(failure).hasMessageContaining("a fault in the program, not at the vendor");
				assertThat(failure.getMessage()).contains("no token of").doesNotContain("10.0.0.7", "canary");
			});
		}
		assertThat(this.vendors.first.getRequestCount()).isZero();
	}

	@WholeAndStreamed
	void readTimeoutOfAllClientsHolds(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("late", streaming)
			.newBuilder()
			.headersDelay(20, java.util.concurrent.TimeUnit.SECONDS)
			.build());
		runner().withPropertyValues("spring.http.clients.read-timeout=50ms").run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			LlmException failure = catchThrowableOfType(LlmException.class, () -> Vendors.ask(provider, streaming));
			assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
		});
	}

	@WholeAndStreamed
	void traceAndBaggageStayAtHomeUnlessTheyArePropagated(boolean streaming) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new Propagating());
		ApplicationContextRunner runner = runner().withBean(WebClientCustomizer.class,
				() -> (builder) -> builder.observationRegistry(registry));
		assertThat(headers(runner, streaming).get("user-email")).isNull();
		assertThat(headers(runner.withPropertyValues("arcllm.modules.telemetry.propagate=true"), streaming)
			.get("user-email")).isEqualTo("alice@example.org");
	}

	private ApplicationContextRunner runner() {
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(HttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class));
	}

	private Headers headers(ApplicationContextRunner runner, boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("hello", streaming));
		Headers[] headers = new Headers[1];
		runner.run((context) -> {
			assertThat(Vendors.ask(context.getBean(LlmProvider.class), streaming).text()).isEqualTo("hello");
			headers[0] = this.vendors.first.takeRequest().getHeaders();
		});
		return headers[0];
	}

	/** Writes baggage as a bridge of Micrometer Tracing does. */
	private static final class Propagating implements ObservationHandler<ClientRequestObservationContext> {

		@Override
		public void onStart(ClientRequestObservationContext context) {
			context.getSetter().set(context.getCarrier(), "user-email", "alice@example.org");
		}

		@Override
		public boolean supportsContext(io.micrometer.observation.Observation.Context context) {
			return context instanceof ClientRequestObservationContext;
		}

	}

	@Qualifier
	@Retention(RetentionPolicy.RUNTIME)
	@Target({ ElementType.METHOD, ElementType.TYPE })
	private @interface LoadBalanced {

	}

	@Configuration(proxyBeanMethods = false)
	static class Several {

		@Bean
		WebClient.Builder orders() {
			return tagging("orders");
		}

		@Bean
		WebClient.Builder billing() {
			return tagging("billing");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Neighbours {

		@Bean
		@LoadBalanced
		WebClient.Builder neighbours() {
			return WebClient.builder()
				.filter((request, next) -> Mono.error(new IllegalStateException("There is no such service")));
		}

	}

}
