package io.arcllm.provider.key;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import io.arcllm.module.Storm;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.keys.KeyRotationModule;
import io.arcllm.provider.key.KeyPool.State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

class KeyPoolStormTests {

	private static final Map<String, ErrorKind> REFUSED = Map.of("wrong", ErrorKind.AUTHENTICATION, "spent",
			ErrorKind.QUOTA_EXHAUSTED, "busy", ErrorKind.RATE_LIMITED);

	private final Storm storm = new Storm();

	private final KeyPool pool = new KeyPool(List.of("wrong", "spent", "busy", "good", "spare"), () -> 0);

	private final Map<String, AtomicInteger> used = new ConcurrentHashMap<>();

	private final Set<String> refused = ConcurrentHashMap.newKeySet();

	private final AtomicInteger usedAgain = new AtomicInteger();

	private final AtomicInteger keyFailures = new AtomicInteger();

	/** Who had a refused key already is refused too, and nobody gets it afterwards. */
	@ParameterizedTest
	@MethodSource("io.arcllm.module.Storm#threads")
	void eachCallGetsAKeyThatIsReadyAndKeysAreAsTheyWereTold(ThreadFactory threads) throws Exception {
		LlmProvider provider = (request) -> Flux.defer(() -> {
			Set<String> before = Set.copyOf(this.refused);
			String key = this.pool.next();
			this.usedAgain.addAndGet(before.contains(key) ? 1 : 0);
			return ask(key, request);
		});
		LlmProvider rotation = new KeyRotationModule(new ContractModule(provider, new Target("storm", null)),
				this.pool::hasAnother);
		new Storm().rage((request) -> rotation.exchange(request).doOnError((ex) -> {
			if (REFUSED.containsValue(((LlmException) ex).kind())) {
				this.keyFailures.incrementAndGet();
			}
		}), threads, false);
		assertThat(this.pool.states()).containsExactly(State.OUT, State.OUT, State.PAUSED, State.READY, State.READY);
		assertThat(this.keyFailures).hasValue(0);
		assertThat(this.used).doesNotContainKey("spare");
		assertThat(this.used.get("good")).hasValue(this.storm.asked.get());
		assertThat(this.used).containsKeys("wrong", "spent", "busy");
		assertThat(this.usedAgain).hasValue(0);
		assertThat(this.pool.next()).isEqualTo("good");
	}

	private Flux<LlmEvent> ask(String key, LlmRequest request) {
		this.used.computeIfAbsent(key, (one) -> new AtomicInteger()).incrementAndGet();
		ErrorKind refusal = REFUSED.get(key);
		if (refusal == null) {
			return this.storm.exchange(request);
		}
		return Flux.<LlmEvent>error(() -> {
			LlmException failure = LlmException.of(refusal, "no").build();
			this.pool.failed(key, failure);
			this.refused.add(key);
			return failure;
		}).delaySubscription(Duration.ofMillis(1));
	}

}
