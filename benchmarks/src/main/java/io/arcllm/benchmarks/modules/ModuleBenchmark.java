package io.arcllm.benchmarks.modules;

import java.util.concurrent.TimeUnit;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
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
import org.openjdk.jmh.infra.Blackhole;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * One call through a stack around a provider that answers at once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
public class ModuleBenchmark {

	@Param({ "provider", "call", "contract", "contract+timeout", "contract+retry", "contract+fallback",
			"contract+circuit-breaker", "contract+rate-limit", "contract+bulkhead", "contract+keys", "contract+commit",
			"contract+cache", "contract+budget", "contract+audit", "contract+redaction", "contract+off",
			"contract+no-context", "contract+retry+fallback", "contract+timeout+retry+fallback",
			"contract+fallback+commit+recovery",
			"contract+timeout+retry+fallback+circuit-breaker+rate-limit+bulkhead+keys+commit+recovery" })
	String stack = "";

	@Param({ "0", "200" })
	int deltas;

	private LlmProvider provider = LlmProvider.of("none", (request) -> {
		throw new IllegalStateException("Not set up");
	});

	private final LlmRequest request = LlmRequest.of("Tell me of the sea.").withModel("gpt-5-mini");

	@Setup
	public void setUp() {
		this.provider = InstantStack.of(this.stack, this.deltas);
	}

	@Benchmark
	public void call(Blackhole blackhole) {
		LlmRequest request = (this.deltas == 0) ? this.request : this.request.withStreaming(true);
		Drain drain = new Drain(blackhole);
		this.provider.exchange(request).subscribe(drain);
		if (!drain.completed) {
			throw new IllegalStateException("The call did not end at once");
		}
	}

	private static final class Drain implements CoreSubscriber<LlmEvent> {

		private final Blackhole blackhole;

		private boolean completed;

		private Drain(Blackhole blackhole) {
			this.blackhole = blackhole;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(LlmEvent event) {
			this.blackhole.consume(event);
		}

		@Override
		public void onError(Throwable failure) {
			throw new IllegalStateException(failure);
		}

		@Override
		public void onComplete() {
			this.completed = true;
		}

	}

}
