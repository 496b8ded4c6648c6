package io.arcllm.benchmarks.modules;

import java.util.concurrent.TimeUnit;

import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;

/**
 * One call that an open circuit breaker refuses.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
public class RejectionBenchmark {

	private LlmProvider provider = LlmProvider.of("none", (request) -> {
		throw new IllegalStateException("Not set up");
	});

	private final LlmRequest request = LlmRequest.of("Tell me of the sea.").withModel("gpt-5-mini");

	@Setup
	public void setUp() {
		this.provider = InstantStack.around(
				(request) -> Flux.error(LlmException.of(ErrorKind.OVERLOADED, "Simulated").build()),
				"contract+circuit-breaker");
		for (int i = 0; i < 3; i++) {
			rejection();
		}
	}

	@Benchmark
	public LlmException rejection() {
		LlmException[] rejection = new LlmException[1];
		this.provider.exchange(this.request).subscribe((event) -> {
		}, (failure) -> rejection[0] = (LlmException) failure);
		return rejection[0];
	}

}
