package io.arcllm.sample.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.arcllm.CallOptions;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.sample.AttemptWatchModule;
import io.arcllm.sample.ConnectionEnd;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/**
 * The gateway on a real port in front of scripted providers.
 */
final class GatewayServer implements LlmProviders, AutoCloseable {

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	/** What the providers were asked last. */
	final AtomicReference<LlmRequest> asked = new AtomicReference<>();

	/** Which provider was asked last. */
	final AtomicReference<String> askedOf = new AtomicReference<>();

	/** Names with what is behind them. */
	final Map<String, List<Target>> names = new ConcurrentHashMap<>();

	private volatile Flux<LlmEvent> script = Flux.empty();

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final DisposableServer server;

	GatewayServer() {
		this.context.register(Web.class, ModelDirectory.class, ModelsController.class, ConnectionEnd.class);
		this.context.getBeanFactory().registerSingleton("providers", this);
		this.context.getBeanFactory().registerSingleton("gateway", properties(List.of()));
		this.context.register(ChatController.class);
		this.context.refresh();
		this.server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle(new ReactorHttpHandlerAdapter(WebHttpHandlerBuilder.applicationContext(this.context).build()))
			.bindNow();
	}

	/** Those of the default, for small bodies and for models of any name. */
	static GatewayProperties properties(List<String> hosts) {
		return new GatewayProperties(null, Map.of(), GatewayProperties.Models.ANY, hosts, DataSize.ofKilobytes(100),
				DataSize.ofKilobytes(100));
	}

	void answer(LlmEvent... events) {
		this.script = Flux.just(events);
	}

	void answer(Flux<LlmEvent> events) {
		this.script = events;
	}

	HttpResponse<String> chat(String body) throws IOException, InterruptedException {
		return CLIENT.send(request(body), HttpResponse.BodyHandlers.ofString());
	}

	CompletableFuture<HttpResponse<String>> chatAsync(String body) {
		return CLIENT.sendAsync(request(body), HttpResponse.BodyHandlers.ofString());
	}

	HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return CLIENT.send(HttpRequest.newBuilder(URI.create(url() + path)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private HttpRequest request(String body) {
		return HttpRequest.newBuilder(URI.create(url() + "/v1/chat/completions"))
			.header("content-type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
	}

	private String url() {
		return "http://127.0.0.1:" + this.server.port();
	}

	@Override
	public LlmProvider load(String target) {
		if (!names().contains(Target.parse(target).provider()) && !this.names.containsKey(target)) {
			throw new LlmConfigException("There is no provider or name '" + target + "'.");
		}
		LlmProvider scripted = (request) -> Flux.defer(() -> {
			this.asked.set(request);
			this.askedOf.set(target);
			return this.script;
		});
		return new AttemptWatchModule().around(new Named(target, scripted));
	}

	@Override
	public LlmProvider load(String target, Consumer<CallOptions.Builder> options) {
		return load(target);
	}

	@Override
	public LlmProvider primary() {
		return load("anthropic");
	}

	@Override
	public List<String> names() {
		return List.of("anthropic", "openai");
	}

	@Override
	public Map<String, List<Target>> models() {
		return this.names;
	}

	@Override
	public List<Target> targets() {
		return List.of(new Target("anthropic", "claude-x"), new Target("openai", "gpt-x"));
	}

	@Override
	public void close() {
		this.server.disposeNow();
		this.context.close();
	}

	private record Named(String name, LlmProvider inner) implements LlmProvider {

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			return this.inner.exchange(request);
		}

	}

	/** No configuration class by its annotation: other tests' scans must not find it. */
	@EnableWebFlux
	static class Web {

	}

}
