package io.arcllm.module.bulkhead;

import java.time.Duration;

import io.arcllm.Target;
import io.arcllm.module.Storm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class BulkheadStormTests {

	@ParameterizedTest
	@CsvSource({ "1, 10000, 60000", "5, 20, 60000", "8, 0, 1", "3, 150, 2" })
	void neverMoreThanConfiguredAndNothingIsLost(int maxConcurrent, int maxQueue, long queueTimeout) throws Exception {
		Storm storm = new Storm();
		Bulkhead bulkhead = new Bulkhead(new Target("storm", null),
				BulkheadSettings.of(maxConcurrent, maxQueue, Duration.ofMillis(queueTimeout)));
		storm.rage(new BulkheadModule(storm, bulkhead));
		await().atMost(Duration.ofSeconds(20)).until(() -> bulkhead.status().running() == 0);
		assertThat(storm.mostRunning).hasValueLessThanOrEqualTo(maxConcurrent);
		assertThat(storm.running).hasValue(0);
		assertThat(bulkhead.status().queued()).isZero();
		assertThat(bulkhead.status().admitted()).isGreaterThanOrEqualTo(storm.asked.get());
		assertThat(bulkhead.status().admitted() + bulkhead.status().refused()).isLessThanOrEqualTo(Storm.CALLS);
	}

}
