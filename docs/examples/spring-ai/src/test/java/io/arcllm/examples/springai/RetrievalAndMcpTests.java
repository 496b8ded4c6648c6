package io.arcllm.examples.springai;

import java.util.List;

import io.arcllm.test.ArcllmTest;
import io.arcllm.test.Dial;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.vendor.Fault;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.vectorstore.QuestionAnswerAdvisor;
import org.springframework.ai.document.Document;
import org.springframework.ai.mcp.SyncMcpToolCallbackProvider;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.ai.vectorstore.filter.Filter;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Retrieval and tools of the Model Context Protocol on top of a ring, while the wrapped
 * model refuses every second request.
 */
@ArcllmTest
@SpringBootTest
class RetrievalAndMcpTests {

	@Autowired
	private ChatClient.Builder chat;

	@Autowired
	private FakeVendors vendors;

	private String ask(ChatClient.ChatClientRequestSpec prompt, boolean streaming) {
		this.vendors.of("spring-ai").set(Dial.of(Fault.UNAVAILABLE).every(2));
		return streaming ? String.join("", prompt.stream().content().collectList().block()) : prompt.call().content();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void documentsOfAVectorStoreAreAskedWith(boolean streaming) {
		assertThat(ask(this.chat.build()
			.prompt("When does it open?")
			.advisors(QuestionAnswerAdvisor.builder(new OneDocument()).build()), streaming))
			.contains("answer of anthropic", "The fair opens on the 3rd.");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void toolsOfAServerAreRunOnce(boolean streaming) {
		InMemoryMcpServer server = new InMemoryMcpServer();
		try (McpSyncClient client = McpClient.sync(server).build()) {
			client.initialize();
			assertThat(ask(this.chat.build()
				.prompt("What is the weather in Rome?")
				.toolCallbacks(new SyncMcpToolCallbackProvider(client)), streaming)).contains("sunny all day");
			assertThat(server.calls()).isEqualTo(1);
		}
	}

	@Test
	void theWrappedModelIsAskedOnceAnAttempt() {
		ask(this.chat.build().prompt("Hello"), false);
		assertThat(this.vendors.of("spring-ai").asked()).isEqualTo(1);
		assertThat(this.vendors.of("anthropic").asked()).isEqualTo(1);
	}

	private static final class OneDocument implements VectorStore {

		@Override
		public List<Document> similaritySearch(SearchRequest request) {
			return List.of(new Document("The fair opens on the 3rd."));
		}

		@Override
		public void add(List<Document> documents) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void delete(List<String> ids) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void delete(Filter.Expression filter) {
			throw new UnsupportedOperationException();
		}

	}

}
