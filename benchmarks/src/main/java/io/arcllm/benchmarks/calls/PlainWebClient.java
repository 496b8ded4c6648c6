package io.arcllm.benchmarks.calls;

import java.util.Map;

import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * What one writes by hand: WebClient and {@link JsonNode}.
 */
public final class PlainWebClient implements Client {

	private final JsonMapper mapper = JsonMapper.shared();

	private final Map<String, Object> whole = read(false);

	private final Map<String, Object> stream = read(true);

	private final WebClient client;

	/**
	 * @param url the vendor's
	 * @param connections the most at a time
	 */
	public PlainWebClient(String url, int connections) {
		this.client = WebClient.builder()
			.baseUrl(url)
			.defaultHeaders((headers) -> headers.setBearerAuth("key"))
			.clientConnector(new ReactorClientHttpConnector(
					HttpClient.create(ConnectionProvider.create("webclient", connections))))
			.build();
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> read(boolean streaming) {
		return this.mapper.readValue(Answers.question(streaming), Map.class);
	}

	@Override
	public String name() {
		return "WebClient with JsonNode";
	}

	@Override
	public Mono<Integer> whole() {
		return this.client.post()
			.uri("/chat/completions")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(this.whole)
			.retrieve()
			.bodyToMono(JsonNode.class)
			.map((answer) -> answer.at("/choices/0/message/content").asString("").length());
	}

	@Override
	public Mono<Integer> stream() {
		return this.client.post()
			.uri("/chat/completions")
			.contentType(MediaType.APPLICATION_JSON)
			.accept(MediaType.TEXT_EVENT_STREAM)
			.bodyValue(this.stream)
			.retrieve()
			.bodyToFlux(String.class)
			.filter((data) -> !"[DONE]".equals(data))
			.map((data) -> this.mapper.readTree(data).at("/choices/0/delta/content").asString("").length())
			.reduce(0, Integer::sum);
	}

}
