package io.arcllm.provider.http;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Parameter;
import io.arcllm.Target;
import io.arcllm.WireListener;
import io.arcllm.provider.Adaptation;
import io.arcllm.provider.ModelTraits;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.error.Secrets;
import io.arcllm.provider.key.ApiKeys;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A provider that asks a vendor over HTTP, with a wire format and settings.
 */
public final class HttpProvider implements LlmProvider {

	private static final String PRODUCT = product(HttpProvider.class.getPackage().getImplementationVersion());

	private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

	/** Reactor calls it, instead of logging, with what is thrown after the end. */
	private static final String DROPPED = "reactor.onErrorDropped.local";

	private final HttpProviderSettings settings;

	private final WireFormat format;

	private final VendorClient client;

	private final ApiKeys keys;

	private final ErrorReader errors;

	private final URI url;

	/**
	 * @param settings the settings of the provider
	 * @param format how requests and answers are written
	 * @param client sends the requests
	 * @param keys the keys of requests
	 * @param errors reads errors
	 */
	public HttpProvider(HttpProviderSettings settings, WireFormat format, WebClient client, ApiKeys keys,
			ErrorReader errors) {
		this(settings, format, VendorClient.of(client), keys, errors);
	}

	/**
	 * @param settings the settings of the provider
	 * @param format how requests and answers are written
	 * @param client sends the requests
	 * @param keys the keys of requests
	 * @param errors reads errors
	 */
	public HttpProvider(HttpProviderSettings settings, WireFormat format, VendorClient client, ApiKeys keys,
			ErrorReader errors) {
		this.settings = settings;
		this.format = format;
		this.client = client;
		this.keys = keys;
		this.errors = errors;
		this.url = url(format, settings.baseUrl());
	}

	/** A query stays at the end. */
	private static URI url(WireFormat format, String baseUrl) {
		int query = baseUrl.indexOf('?');
		String base = (query < 0) ? baseUrl : baseUrl.substring(0, query);
		return URI.create(format.url(base.replaceAll("/+$", "")) + baseUrl.substring(base.length()));
	}

	@Override
	public String name() {
		return this.settings.name();
	}

	@Override
	public boolean validateConfig() {
		return !this.settings.needsKey() || this.keys.mayBlock() || this.keys.next() != null;
	}

	/**
	 * Opens a connection for the first call with a {@code HEAD} request without a key.
	 * Makes no call to a model, and never fails.
	 */
	public Mono<Void> connect() {
		return this.client.unobserved()
			.head()
			.uri(this.url.resolve("/"))
			.exchangeToMono((answer) -> answer.releaseBody())
			.timeout(CONNECT_PATIENCE)
			.onErrorComplete();
	}

	@Override
	public Flux<LlmEvent> exchange(LlmRequest request) {
		return Flux.deferContextual((context) -> {
			WireListener listener = WireListener.of(context);
			ApiKeys keys = this.keys.ofCaller(request.metadata());
			Flux<LlmEvent> answer = keys.mayBlock() ? afterKey(request, keys, listener) : send(request, keys, listener);
			return !this.client.observed() ? answer
					: answer.contextWrite((inner) -> inner.put(DROPPED, (Consumer<Throwable>) this::hookFailed));
		});
	}

	private Flux<LlmEvent> afterKey(LlmRequest request, ApiKeys keys, @Nullable WireListener listener) {
		return keys.ready().doOnError((ex) -> {
			if (listener != null) {
				listener.refused();
			}
		}).thenMany(caller(listener).subscribing(Flux.defer(() -> send(request, keys, listener))));
	}

	private Flux<LlmEvent> send(LlmRequest request, ApiKeys keys, @Nullable WireListener listener) {
		try {
			return send(adapted(request, listener), keys, listener);
		}
		catch (LlmException ex) {
			if (listener != null) {
				listener.refused();
			}
			throw ex;
		}
		catch (VirtualMachineError ex) {
			// Reactor would throw it on a thread on which no subscriber sees it
			return Flux.error(ex);
		}
	}

	private static CallerContext caller(@Nullable WireListener listener) {
		return (listener == null) ? CallerContext.NONE : listener.caller();
	}

	/** The request as the target takes it. */
	private Adaptation adapted(LlmRequest request, @Nullable WireListener listener) {
		String model = StringUtils.hasText(request.model()) ? request.model() : this.settings.model();
		if (!StringUtils.hasText(model)) {
			throw refused(ErrorKind.INVALID_REQUEST, new Target(name(), null),
					"was given no model: set 'arcllm.providers." + name() + ".model', or name one in the request");
		}
		Target target = new Target(name(), model);
		ModelTraits known = this.settings.models().apply(model);
		Set<Parameter> without = (listener == null) ? Set.of() : listener.without();
		ModelTraits traits = without.isEmpty() ? known : withOtherForms(known, without);
		LlmRequest whole = complete(request, model, traits);
		List<String> defaults = without.isEmpty() ? List.of()
				: without.stream().filter((one) -> one.mayBeLeftOut() && one.isIn(whole)).map(Parameter::word).toList();
		LlmRequest complete = Parameter.without(whole, without);
		RequestCheck.check(complete, target);
		boolean refuses = this.settings.refusesUnsupported() && (listener == null || listener.isFirstTarget());
		Adaptation adaptation = new Adaptation(complete, target, traits, refuses).to(this.format);
		if (listener != null) {
			note(listener, defaults);
			note(listener, adaptation.leftOut());
		}
		return adaptation;
	}

	/**
	 * Uses the other field, or the other form of thinking, where the target refused one.
	 */
	private ModelTraits withOtherForms(ModelTraits known, Set<Parameter> without) {
		ModelTraits traits = without.contains(Parameter.MAX_TOKENS) ? known.andNot(Set.of(Parameter.MAX_TOKENS))
				: known;
		return without.contains(Parameter.THINKING_FORM) ? traits.thinking(this.format.otherThinking(traits.thinking()))
				: traits;
	}

	private static void note(WireListener listener, List<String> leftOut) {
		if (!leftOut.isEmpty()) {
			listener.leftOut(leftOut);
		}
	}

	private Flux<LlmEvent> send(Adaptation prepared, ApiKeys keys, @Nullable WireListener listener) {
		LlmRequest request = prepared.request();
		Target target = prepared.target();
		String key = key(target, keys);
		byte[] body = this.format.encode(request, prepared.traits());
		CallerContext caller = caller(listener);
		HttpAnswer answer = new HttpAnswer(this.format, this.errors.within(caller), target, request.streaming(),
				this.settings.maxResponseSize(), listener != null && listener.wantsFrames());
		Function<WebClient, Flux<LlmEvent>> exchange = (
				client) -> client.post().uri(this.url).attributes((attributes) -> {
					if (this.client.filtered()) {
						attributes.put(ApplicationFilters.ANSWER, answer);
					}
				}).httpRequest((message) -> {
					answer.asked(message);
					headers(message.getHeaders(), key, request.streaming(), body.length);
				}).body(bytes(body)).exchangeToFlux(answer::read);
		return RequestEnd.of(
				exchange.apply(this.client.client())
					.onErrorResume((ex) -> caller
						.subscribing(new SecondRequest(this.client, answer, exchange, this::hookFailed).after(ex))),
				answer, (ex) -> failed(keys, key, answer, ex), () -> keys.answered(key));
	}

	/**
	 * A failure that is neither the network's nor that of a cancelled body was thrown by
	 * a hook.
	 */
	private void hookFailed(Throwable failure) {
		if (!TransportErrors.isKnown(failure) && !TransportErrors.isLostBody(failure)) {
			this.client.failed().accept(failure);
		}
	}

	private static Throwable failed(ApiKeys keys, @Nullable String key, HttpAnswer answer, Throwable failure) {
		answer.failed();
		if (answer.isMissed(failure)) {
			return failure;
		}
		LlmException known = answer.translate(failure);
		keys.failed(key, known);
		return Secrets.mask(known, key);
	}

	/**
	 * Headers of the application's own client stay as they are. Ours are added as late as
	 * possible and in lower case, because each header is copied at every step on the way.
	 */
	private void headers(HttpHeaders headers, @Nullable String key, boolean streaming, int length) {
		HttpHeaders theirs = headers.isEmpty() ? HttpHeaders.EMPTY : HttpHeaders.copyOf(headers);
		ours(headers, key, streaming, length);
		theirs.forEach(headers::put);
	}

	private static String product(@Nullable String version) {
		return (version == null) ? "ArcLLM" : "ArcLLM/" + version;
	}

	private void ours(HttpHeaders headers, @Nullable String key, boolean streaming, int length) {
		headers.set("user-agent", PRODUCT);
		headers.set("content-type", MediaType.APPLICATION_JSON_VALUE);
		headers.set("content-length", String.valueOf(length));
		headers.set("accept",
				!streaming ? MediaType.APPLICATION_JSON_VALUE : (this.format.framing() == WireFormat.Framing.SSE)
						? MediaType.TEXT_EVENT_STREAM_VALUE : MediaType.APPLICATION_NDJSON_VALUE);
		this.format.headers(headers, key);
		this.settings.headers().forEach(headers::set);
	}

	private static BodyInserter<Object, ClientHttpRequest> bytes(byte[] body) {
		return (message, context) -> message.writeWith(Mono.fromSupplier(() -> message.bufferFactory().wrap(body)));
	}

	private @Nullable String key(Target target, ApiKeys keys) {
		String key = keys.next();
		if (key == null) {
			if (this.settings.needsKey()) {
				throw refused(ErrorKind.AUTHENTICATION, target,
						"has no API key: set 'arcllm.providers." + name() + ".api-key'");
			}
			return null;
		}
		if (!isFitForHeaders(key)) {
			throw refused(ErrorKind.AUTHENTICATION, target,
					"has an API key with characters that no header can carry: see 'arcllm.providers." + name()
							+ ".api-key'");
		}
		return key;
	}

	private static boolean isFitForHeaders(String key) {
		for (int i = 0; i < key.length(); i++) {
			char c = key.charAt(i);
			if (c <= ' ' || c >= 0x7f) {
				return false;
			}
		}
		return true;
	}

	/** Completes the request with the values of the model, then of the provider. */
	private LlmRequest complete(LlmRequest request, String model, ModelTraits traits) {
		Integer maxTokens = traits.maxTokens(request.maxTokens(), this.settings.maxTokens());
		Double temperature = traits.temperature(request.temperature(), this.settings.temperature());
		Map<String, @Nullable Object> options = merge(merge(this.settings.options(), traits.options()),
				request.options());
		boolean whole = model.equals(request.model()) && Objects.equals(maxTokens, request.maxTokens())
				&& Objects.equals(temperature, request.temperature()) && options == request.options()
				&& !hasForeignParts(request.messages());
		return whole ? request
				: request.mutate()
					.model(model)
					.messages(request.messages().stream().map((message) -> message.withoutForeign(name())).toList())
					.maxTokens(maxTokens)
					.temperature(temperature)
					.options(options)
					.build();
	}

	private static Map<String, @Nullable Object> merge(Map<String, @Nullable Object> under,
			Map<String, @Nullable Object> over) {
		if (under.isEmpty() || over.isEmpty()) {
			return under.isEmpty() ? over : under;
		}
		Map<String, @Nullable Object> merged = new LinkedHashMap<>(under);
		merged.putAll(over);
		return merged;
	}

	private boolean hasForeignParts(List<Message> messages) {
		for (Message message : messages) {
			if (message.withoutForeign(name()) != message) {
				return true;
			}
		}
		return false;
	}

	private static LlmException refused(ErrorKind kind, Target target, String why) {
		return LlmException.of(kind, target + " " + why).target(target).build();
	}

	@Override
	public String toString() {
		return name();
	}

}
