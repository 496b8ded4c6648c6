package io.arcllm.examples.springai;

import java.util.List;

import io.arcllm.LlmProvider;
import io.arcllm.test.ArcllmTest;
import io.arcllm.test.ArcllmTime;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.SurvivalReport;
import io.arcllm.test.SurvivalReport.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sixteen failures through a {@code ChatClient}, called and streamed, with two
 * vendors: what a caller of the stack itself survives, with no more requests. Without
 * hedges and jitter, which go by what was learnt and by chance.
 */
@ArcllmTest
@Tag("proof")
@Timeout(600)
@ResourceLock("movable time")
abstract class SixteenFailuresTests {

	@Autowired
	private LlmProvider llm;

	@Autowired
	private ChatModel model;

	@Autowired
	private FakeVendors vendors;

	@Autowired
	private ArcllmTime time;

	@Test
	void areSurvivedWithNoMoreRequestsThanThroughTheStackItself() {
		List<Row> ours = failures(this.llm);
		List<Row> theirs = failures(new ThroughChatClient(this.llm.name(), ChatClient.create(this.model)));
		assertThat(theirs).hasSize(32).allSatisfy((row) -> assertThat(row.survived()).isTrue());
		// breakers remember what was before, by the clock
		assertThat(requests(theirs)).isLessThanOrEqualTo(requests(ours) * 11 / 10);
	}

	private List<Row> failures(LlmProvider provider) {
		this.vendors.reset();
		this.time.reset();
		return SurvivalReport.of(provider, this.vendors)
			.seed(1)
			.time(this.time)
			.run()
			.rows()
			.stream()
			.filter((row) -> row.failure() != null)
			.toList();
	}

	private static int requests(List<Row> rows) {
		return rows.stream().mapToInt(Row::requests).sum();
	}

}
