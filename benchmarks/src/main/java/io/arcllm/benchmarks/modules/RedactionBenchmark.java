package io.arcllm.benchmarks.modules;

import java.util.concurrent.TimeUnit;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One call whose question is long, with all detectors of redaction.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
public class RedactionBenchmark {

	private static final String PROSE = "The ship Aurora (built 1987, 12,450 tons) left Hamburg on 2026-03-14 at 08:15 with "
			+ "order 2026-000123-45; its version 1.2.3 log says: {\"id\": 7, \"ok\": true}. Nobody on board had seen the sea so "
			+ "calm, and the captain's letter of 14 pages tells of https://example.com/a/b?c=1 and little else. ";

	private static final String PERSON = "Write to jane.doe@example.com or call +49 30 901820. ";

	@Param({ "10240", "102400" })
	int bytes;

	@Param({ "contract", "contract+redaction" })
	String stack = "";

	private LlmProvider provider = LlmProvider.of("none", (request) -> LlmResponse.of(""));

	private LlmRequest request = LlmRequest.of("");

	@Setup
	public void setUp() {
		this.provider = InstantStack.of(this.stack, 0);
		String text = (PROSE.repeat(9) + PERSON).repeat(this.bytes / (9 * PROSE.length()) + 1);
		this.request = LlmRequest.of(text.substring(0, this.bytes)).withModel("gpt-5-mini");
	}

	@Benchmark
	public LlmResponse call() {
		return this.provider.invoke(this.request);
	}

}
