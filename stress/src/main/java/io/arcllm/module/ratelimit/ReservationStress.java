package io.arcllm.module.ratelimit;

import java.time.Duration;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.Target;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.bulkhead.BulkheadModule;
import io.arcllm.module.bulkhead.BulkheadSettings;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JII_Result;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * A caller goes away while its call is sent: what was sent is paid for, what was not is
 * not, and its place comes back.
 */
@JCStressTest
@Outcome(id = { "0, 0, 0", "1, 1, 0" }, expect = Expect.ACCEPTABLE, desc = "Not sent, or paid for.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Sent for nothing, paid for nothing, or a place is lost.")
@State
public class ReservationStress {

	private static final Target TARGET = new Target("stress", null);

	private static final LlmRequest REQUEST = LlmRequest.builder().messages(Message.user("hi")).maxTokens(1).build();

	private static final RateLimitSettings SETTINGS = new RateLimitSettings(1, null, 1, Duration.ZERO,
			RateLimitSettings.By.TARGET, RateLimitSettings.Store.MEMORY, RateLimitSettings.OnStoreFailure.LOCAL);

	private final RateLimiter limiter = new RateLimiter(TARGET, SETTINGS, new MemoryStore(SETTINGS, (unit, bucket) -> {
	}, new StoppedClock()));

	private final Bulkhead bulkhead = new Bulkhead(TARGET, BulkheadSettings.of(1, 0, Duration.ofMinutes(1)));

	private final BaseSubscriber<LlmEvent> caller = new BaseSubscriber<>() {
	};

	private int sent;

	@Actor
	public void calls() {
		LlmProvider vendor = (request) -> Flux.<LlmEvent>never().doOnSubscribe((subscription) -> this.sent++);
		new RateLimitModule(new BulkheadModule(new ContractModule(vendor, TARGET), this.bulkhead), this.limiter)
			.exchange(REQUEST)
			.subscribe(this.caller);
	}

	@Actor
	public void goesAway() {
		this.caller.cancel();
	}

	@Arbiter
	public void after(JII_Result result) {
		result.r1 = 1 - this.limiter.status().requests();
		result.r2 = this.sent;
		result.r3 = this.bulkhead.status().running();
	}

}
