package io.arcllm.provider.http;

import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.VendorLimits;
import io.arcllm.WireListener;
import io.arcllm.provider.AnswerContext;
import io.arcllm.provider.AnswerDecoder;
import io.arcllm.provider.WireFormat;
import io.arcllm.provider.WireFormat.Framing;
import io.arcllm.provider.error.ErrorReader;
import io.arcllm.provider.error.RateLimitState;
import io.arcllm.provider.error.RequestIds;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.ClientResponse;

/**
 * The answer to one request. Its body is read as a stream, as a whole or as an error, by
 * what it is and not by what was requested. Not safe for use by several threads.
 */
final class HttpAnswer {

	private static final int ERROR_SIZE = 1 << 20;

	/** The longest time for the body of an error, whose status is known without it. */
	private static final Duration ERROR_PATIENCE = Duration.ofSeconds(5);

	private final WireFormat format;

	private final ErrorReader errors;

	private final Target target;

	private final boolean streaming;

	private final int limit;

	private final boolean keepsFrames;

	private @Nullable String requestId;

	private final RequestConnection connection = new RequestConnection(this::isEnding);

	private volatile boolean asked;

	private volatile @Nullable BodySubscriber reader;

	private boolean begun;

	/** The error that the application's filters were shown. */
	private @Nullable LlmException noted;

	HttpAnswer(WireFormat format, ErrorReader errors, Target target, boolean streaming, DataSize limit,
			boolean keepsFrames) {
		this.keepsFrames = keepsFrames;
		this.format = format;
		this.errors = errors;
		this.target = target;
		this.streaming = streaming;
		this.limit = (int) Math.min(limit.toBytes(), Integer.MAX_VALUE - 16);
	}

	/** A request is being written. */
	void asked(ClientHttpRequest request) {
		this.asked = true;
		this.connection.asked(request);
	}

	/** The call was cancelled. */
	void abandon() {
		this.connection.abandon();
	}

	/** The request has failed, with or without an answer. */
	void failed() {
		this.connection.close();
	}

	private boolean isEnding() {
		BodySubscriber reader = this.reader;
		return reader != null && reader.isLingering();
	}

	boolean isAsked() {
		return this.asked;
	}

	/**
	 * Whether code of the application on the way to the connection has thrown the
	 * failure, so that nothing was sent.
	 */
	boolean isMissed(Throwable failure) {
		return !this.asked && this.noted == null && !TransportErrors.isKnown(failure);
	}

	/**
	 * The events of this answer.
	 */
	Flux<LlmEvent> read(ClientResponse response) {
		this.begun = true;
		HttpHeaders headers = response.headers().asHttpHeaders();
		this.requestId = RequestIds.find(headers);
		int status = response.statusCode().value();
		AnswerBody body = body(status, headers);
		// Not as a Flux: WebClient would add the URL to every error of it.
		ClientHttpResponse raw = response.body((message, context) -> message);
		return new Flux<>() {
			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				Flux<DataBuffer> bytes = isError(status) ? raw.getBody().take(ERROR_PATIENCE) : raw.getBody();
				BodySubscriber reader = new BodySubscriber(actual, announce(actual, body, headers),
						HttpAnswer.this::translate);
				HttpAnswer.this.reader = reader;
				bytes.subscribe(reader);
			}
		};
	}

	/**
	 * Reads an error before filters see it, and gives them a copy, so that its status,
	 * body and wait are known whatever they throw.
	 */
	Mono<ClientResponse> note(ClientResponse response) {
		this.noted = null;
		int status = response.statusCode().value();
		if (!isError(status)) {
			return Mono.just(response);
		}
		ByteArrayOutputStream words = new ByteArrayOutputStream();
		ClientHttpResponse raw = response.body((message, context) -> message);
		return raw.getBody()
			.take(ERROR_PATIENCE)
			.doOnNext((buffer) -> take(buffer, words))
			.takeUntil((buffer) -> words.size() >= ERROR_SIZE)
			.onErrorResume((ex) -> Flux.empty())
			.then(Mono.fromSupplier(() -> noted(response, words.toByteArray())));
	}

	private static void take(DataBuffer buffer, ByteArrayOutputStream words) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		words.write(bytes, 0, bytes.length);
	}

	private ClientResponse noted(ClientResponse response, byte[] words) {
		HttpHeaders headers = response.headers().asHttpHeaders();
		this.noted = this.errors.read(this.target, response.statusCode().value(), headers, words, 0, words.length);
		return ClientResponse.create(response.statusCode(), response.strategies())
			.headers((copy) -> copy.putAll(headers))
			.cookies((copy) -> copy.putAll(response.cookies()))
			.request(response.request())
			.body(Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(words))))
			.build();
	}

	/** Notifies the attempt's listener that an answer has begun. */
	private static AnswerBody announce(CoreSubscriber<?> actual, AnswerBody body, HttpHeaders headers) {
		WireListener listener = WireListener.of(actual.currentContext());
		if (listener == null) {
			return body;
		}
		tellWhatRemains(listener, headers);
		// a whole body reports nothing before its end, so it needs no lock
		AnswerBody shared = (body instanceof WholeBody) ? body : new SharedBody(body);
		listener.answering(shared);
		return shared;
	}

	private static void tellWhatRemains(WireListener listener, HttpHeaders headers) {
		if (listener.wantsLimits()) {
			RateLimitState state = RateLimitState.read(headers, Clock.systemUTC());
			VendorLimits limits = new VendorLimits(remaining(state.requests()), remaining(state.tokens()));
			if (limits.remainingRequests() != null || limits.remainingTokens() != null) {
				listener.remaining(limits);
			}
		}
	}

	private static @Nullable Long remaining(RateLimitState.@Nullable Window window) {
		return (window == null) ? null : window.remaining();
	}

	/**
	 * What a failure of this request means.
	 */
	LlmException translate(Throwable failure) {
		LlmException shown = this.noted;
		if (shown != null && !(failure instanceof LlmException)) {
			return shown;
		}
		TimeoutStage silence = !this.streaming ? TimeoutStage.ATTEMPT
				: this.begun ? TimeoutStage.IDLE : TimeoutStage.FIRST_TOKEN;
		LlmException known = TransportErrors.translate(failure, this.target, silence, this.requestId);
		return (this.begun && known.kind() == ErrorKind.NETWORK && known != failure)
				? LlmException.of(ErrorKind.NETWORK, String.valueOf(known.getMessage()))
					.like(known)
					.answerBegan(true)
					.cause(known.getCause())
					.build()
				: known;
	}

	private AnswerBody body(int status, HttpHeaders headers) {
		if (isError(status)) {
			return WholeBody.error(new SizeLimit(ERROR_SIZE, this.target),
					(bytes) -> this.errors.read(this.target, status, headers, bytes, 0, bytes.length));
		}
		AnswerDecoder decoder = this.format.decoder(new AnswerContext(this.target, this.requestId,
				(bytes, offset, length) -> this.errors.read(this.target, status, headers, bytes, offset, length)));
		SizeLimit most = new SizeLimit(this.limit, this.target);
		String type = type(headers);
		Framing framing = framing(type);
		Supplier<AnswerBody> document = () -> WholeBody.answer(most, headers.getContentLength(), this.streaming,
				decoder::whole);
		if (framing == null) {
			return document.get();
		}
		Supplier<AnswerBody> stream = () -> new StreamedBody(framing, decoder, most, this.keepsFrames);
		return (framing == Framing.NDJSON) ? stream.get()
				: new SniffedBody(stream, document, type.startsWith(MediaType.APPLICATION_JSON_VALUE));
	}

	private static boolean isError(int status) {
		return status < 200 || status > 299;
	}

	private static String type(HttpHeaders headers) {
		String type = headers.getFirst("content-type");
		return (type == null) ? "" : type.toLowerCase(Locale.ROOT);
	}

	/** The content type of the answer takes precedence over what was requested. */
	private @Nullable Framing framing(String type) {
		if (type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE)) {
			return Framing.SSE;
		}
		if (this.format.framing() == Framing.NDJSON && type.startsWith(MediaType.APPLICATION_NDJSON_VALUE)) {
			return Framing.NDJSON;
		}
		return (this.streaming && !type.startsWith(MediaType.TEXT_HTML_VALUE)) ? this.format.framing() : null;
	}

}
