package io.arcllm.examples.springai;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import reactor.core.publisher.Mono;

/**
 * A server of the Model Context Protocol with one tool, at the other end of a transport
 * in memory.
 */
final class InMemoryMcpServer implements McpClientTransport {

	private Function<Mono<McpSchema.JSONRPCMessage>, Mono<McpSchema.JSONRPCMessage>> client = (message) -> message;

	private int calls;

	/** How often its tool was called. */
	int calls() {
		return this.calls;
	}

	@Override
	public Mono<Void> connect(Function<Mono<McpSchema.JSONRPCMessage>, Mono<McpSchema.JSONRPCMessage>> handler) {
		this.client = handler;
		return Mono.empty();
	}

	@Override
	public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
		return (message instanceof McpSchema.JSONRPCRequest request)
				? this.client.apply(Mono.just(McpSchema.JSONRPCResponse.result(request.id(), result(request)))).then()
				: Mono.empty();
	}

	private Map<String, Object> result(McpSchema.JSONRPCRequest request) {
		return switch (request.method()) {
			case "initialize" -> Map.of("protocolVersion", protocolVersions().get(0), "capabilities",
					Map.of("tools", Map.of()), "serverInfo", Map.of("name", "weather", "version", "1"));
			case "tools/list" ->
				Map.of("tools", List.of(Map.of("name", "weather", "description", "The weather in a city", "inputSchema",
						Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string"))))));
			case "tools/call" -> {
				this.calls++;
				yield Map.of("content", List.of(Map.of("type", "text", "text", "sunny all day")), "isError", false);
			}
			default -> Map.of();
		};
	}

	@Override
	public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
		return McpJsonDefaults.getMapper().convertValue(data, type);
	}

	@Override
	public Mono<Void> closeGracefully() {
		return Mono.empty();
	}

}
