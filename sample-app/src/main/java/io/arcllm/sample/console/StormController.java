package io.arcllm.sample.console;

import java.util.concurrent.atomic.AtomicBoolean;

import io.arcllm.CallOptions;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.sample.LocalCallers;
import io.arcllm.test.FakeVendors;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Starts a storm on the simulator, one at a time, for callers on this machine only.
 */
@RestController
@ConditionalOnBooleanProperty(name = "simulator.enabled", matchIfMissing = true)
class StormController {

	private final LlmProviders providers;

	private final boolean simulated;

	private final AtomicBoolean blowing = new AtomicBoolean();

	StormController(LlmProviders providers, FakeVendors simulator, Environment environment) {
		this.providers = providers;
		this.simulated = simulator.vendors()
			.stream()
			.allMatch((vendor) -> environment.getProperty("arcllm.providers." + vendor.name() + ".base-url", "")
				.startsWith(vendor.url()));
	}

	@PostMapping(path = "/console/storm", consumes = MediaType.APPLICATION_JSON_VALUE,
			produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<Storm.Second> storm(@RequestBody StormPlan plan, ServerHttpRequest request) {
		LocalCallers.require(request);
		if (!this.simulated) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "Storms are for simulated vendors only");
		}
		LlmProvider stack = this.providers.primary();
		LlmProvider plain = this.providers.load(stack.name(), StormController::plain);
		return Flux.using(this::begin, (begun) -> new Storm(plain, stack, plan).seconds(), (begun) -> begun.set(false));
	}

	/** What is left when nothing protects a call. */
	private static void plain(CallOptions.Builder options) {
		options.retry(false)
			.fallback(false)
			.module("circuit-breaker", false)
			.module("rate-limit", false)
			.module("bulkhead", false);
	}

	private AtomicBoolean begin() {
		if (!this.blowing.compareAndSet(false, true)) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "A storm is running already");
		}
		return this.blowing;
	}

}
