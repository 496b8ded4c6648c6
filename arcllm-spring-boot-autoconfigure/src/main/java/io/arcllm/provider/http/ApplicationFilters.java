package io.arcllm.provider.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Lets the application's filters run, but not change a vendor's key or content headers.
 * If a filter turns an error status into an exception, kind, status and wait of the
 * vendor's error are kept.
 *
 * <p>
 * The order from the caller to the wire: {@link #trace}, the application's filters,
 * {@link #guard}, the filters of an LlmWebClientCustomizer, {@link #note}.
 */
public final class ApplicationFilters {

	/** The request attribute with the answer to come. */
	static final String ANSWER = HttpAnswer.class.getName();

	/** Headers that a filter of the application must not send to a vendor. */
	private static final Set<String> OURS = Set.of("authorization", "proxy-authorization", "x-api-key", "api-key",
			"x-goog-api-key", "anthropic-version", "host", "accept", "transfer-encoding");

	private final HttpHeaders customized;

	private final BooleanSupplier propagate;

	private ApplicationFilters(HttpHeaders customized, BooleanSupplier propagate) {
		this.customized = customized;
		this.propagate = propagate;
	}

	/**
	 * Puts this filter around the application's filters.
	 * @param builder has the application's filters, and no default headers
	 * @param propagate whether trace headers and baggage are sent to the vendor
	 */
	public static void guard(WebClient.Builder builder, BooleanSupplier propagate) {
		HttpHeaders[] customized = new HttpHeaders[1];
		builder.defaultHeaders((headers) -> customized[0] = headers);
		ApplicationFilters filters = new ApplicationFilters(customized[0], propagate);
		builder.filters((all) -> {
			if (!all.isEmpty()) {
				all.add(filters::guard);
			}
			all.add(0, filters::trace);
		});
	}

	/**
	 * Reads errors before any filter sees them. Called when all filters are registered.
	 * @return whether there are filters of the application
	 */
	public static boolean note(WebClient.Builder builder) {
		boolean[] filtered = new boolean[1];
		builder.filters((all) -> {
			filtered[0] = all.size() > 1;
			if (filtered[0]) {
				all.add(ApplicationFilters::note);
			}
		});
		return filtered[0];
	}

	/**
	 * At this point there are only headers that an observation of the client or a
	 * customizer set.
	 */
	private Mono<ClientResponse> trace(ClientRequest request, ExchangeFunction next) {
		return (request.headers().isEmpty() || this.propagate.getAsBoolean()) ? next.exchange(request)
				: next.exchange(ClientRequest.from(request).headers(this::withoutTrace).build());
	}

	private void withoutTrace(HttpHeaders headers) {
		List.copyOf(headers.headerNames())
			.stream()
			.filter((name) -> !this.customized.containsHeader(name))
			.forEach(headers::remove);
	}

	private Mono<ClientResponse> guard(ClientRequest request, ExchangeFunction next) {
		boolean replaces = request.headers().headerNames().stream().anyMatch(this::isOurs);
		return !replaces ? next.exchange(request)
				: next.exchange(ClientRequest.from(request).headers(this::withoutOurs).build());
	}

	private void withoutOurs(HttpHeaders headers) {
		List.copyOf(headers.headerNames()).stream().filter(this::isOurs).forEach(headers::remove);
	}

	private boolean isOurs(String header) {
		String name = header.toLowerCase(Locale.ROOT);
		return (OURS.contains(name) || name.startsWith("content-")) && !this.customized.containsHeader(header);
	}

	private static Mono<ClientResponse> note(ClientRequest request, ExchangeFunction next) {
		return (request.attributes().get(ANSWER) instanceof HttpAnswer answer)
				? next.exchange(request).flatMap(answer::note) : next.exchange(request);
	}

}
