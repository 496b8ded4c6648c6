package io.arcllm.sample.gateway;

import java.nio.charset.StandardCharsets;

import io.arcllm.LlmEvent;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class ChatChunkWriterTests {

	private final ChatChunkWriter writer = new ChatChunkWriter("c", 1, false);

	@Test
	void aCharacterSplitBetweenTwoPiecesIsWhole() {
		this.writer.model("m");
		String text = content(new LlmEvent.TextDelta("a\"\ud83d")) + content(new LlmEvent.TextDelta("\ude00\nb😀"));
		assertThat(text).isEqualTo("a\"😀\nb😀");
	}

	private String content(LlmEvent event) {
		StringBuilder content = new StringBuilder();
		new String(this.writer.write(event), StandardCharsets.UTF_8).lines()
			.filter((line) -> line.startsWith("data: "))
			.map((line) -> JsonMapper.shared().readTree(line.substring(6)))
			.forEach((chunk) -> content.append(chunk.at("/choices/0/delta/content").asString()));
		return content.toString();
	}

}
