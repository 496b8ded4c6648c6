package io.arcllm.benchmarks.modules;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.arcllm.AuditSink;
import io.arcllm.CallOptions;
import io.arcllm.CallerContext;
import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.module.CallModule;
import io.arcllm.module.keys.KeyRotationModule;
import io.arcllm.provider.key.KeyPool;
import reactor.core.publisher.Flux;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

/**
 * Builds stacks around a provider that answers at once, by configuration as an
 * application would.
 */
final class InstantStack {

	/** Settings under which a module lets every call through. */
	private static final Map<String, List<String>> WIDE = Map.of("fallback",
			List.of("arcllm.modules.fallback.chain=second"), "bulkhead",
			List.of("arcllm.modules.bulkhead.max-concurrent=100"), "rate-limit",
			List.of("arcllm.modules.rate-limit.requests-per-minute=1000000000"), "commit",
			List.of("arcllm.modules.streams.commit=40-tokens"), "recovery",
			List.of("arcllm.modules.streams.recovery=replay"), "cache", List.of("arcllm.modules.cache.when=always"),
			"budget",
			List.of("arcllm.modules.budget.limits[0].amount=1000000000", "arcllm.modules.budget.unknown-price=allow"),
			"off", List.of("arcllm.modules.cache.enabled=false", "arcllm.modules.budget.enabled=false",
					"arcllm.modules.audit.enabled=false", "arcllm.modules.redaction.enabled=false"));

	/** What is not switched on by a key of its own. */
	private static final Set<String> WITHOUT_KEY = Set.of("contract", "commit", "recovery", "keys", "off",
			"no-context");

	private InstantStack() {
	}

	/**
	 * @param stack {@code provider}, {@code call} (its head alone), or {@code contract}
	 * with the names of the modules that are on, joined by {@code +}
	 * @param deltas how many come before the answer is complete
	 */
	static LlmProvider of(String stack, int deltas) {
		LlmProvider instant = provider(deltas);
		return switch (stack) {
			case "provider" -> instant;
			case "call" -> new CallModule(new CallModule.Limits(Duration.ofMinutes(10), 10), CallOptions.NONE,
					(wanted) -> instant);
			default -> around(stack.contains("keys") ? withKeys(instant) : instant, stack);
		};
	}

	/**
	 * @param stack {@code contract} with the names of the modules that are on
	 */
	static LlmProvider around(LlmProvider instant, String stack) {
		LlmProvider configured = configured(instant, stack.split("\\+"));
		return stack.contains("keys") ? new KeyRotationModule(configured, (failure) -> false) : configured;
	}

	/** Takes a key for each attempt, as providers over HTTP do. */
	private static LlmProvider withKeys(LlmProvider instant) {
		KeyPool keys = new KeyPool(List.of("one", "two", "three"), System::nanoTime);
		return (request) -> {
			Objects.requireNonNull(keys.next());
			return instant.exchange(request);
		};
	}

	private static LlmProvider configured(LlmProvider instant, String[] modules) {
		List<String> settings = new ArrayList<>(List.of("spring.main.banner-mode=off", "arcllm.provider=instant",
				"arcllm.modules.timeout.enabled=false"));
		for (String module : modules) {
			if (!WITHOUT_KEY.contains(module)) {
				settings.add("arcllm.modules." + module + ".enabled=true");
			}
			settings.addAll(WIDE.getOrDefault(module, List.of()));
		}
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.logStartupInfo(false)
			.initializers((context) -> {
				context.getBeanFactory().registerSingleton("instant", instant);
				context.getBeanFactory().registerSingleton("second", instant);
				context.getBeanFactory().registerSingleton("sink", (AuditSink) (record) -> {
				});
				if (Set.of(modules).contains("no-context")) {
					// as where there is no library for contexts
					context.getBeanFactory().registerSingleton("capture", CallerContext.Capture.NOTHING);
				}
			})
			.properties(settings.toArray(String[]::new))
			.run()
			.getBean(LlmProviders.class)
			.primary();
	}

	private static LlmProvider provider(int deltas) {
		LlmEvent[] events = new LlmEvent[deltas + 1];
		for (int i = 0; i < deltas; i++) {
			events[i] = new LlmEvent.TextDelta(" wave");
		}
		Target target = new Target("instant", "gpt-5-mini");
		events[deltas] = new LlmEvent.Completed(LlmResponse.of(target, " wave".repeat(Math.max(1, deltas))));
		Flux<LlmEvent> answer = Flux.fromArray(events);
		return (request) -> answer;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
