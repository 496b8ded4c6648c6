package io.arcllm.autoconfigure.module;

import java.util.function.IntFunction;

import com.netflix.concurrency.limits.Limit;
import io.arcllm.LlmProvider;
import io.arcllm.Target;
import io.arcllm.autoconfigure.config.ConfigMistake;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderDefinition;
import io.arcllm.autoconfigure.stack.Gate;
import io.arcllm.autoconfigure.stack.GateFactory;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.bulkhead.Bulkhead;
import io.arcllm.module.bulkhead.BulkheadModule;
import io.arcllm.module.bulkhead.BulkheadSettings;
import io.arcllm.module.bulkhead.ConcurrencyLimit;
import io.arcllm.module.bulkhead.FoundLimit;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Bulkheads, also ones that find their size, where Netflix' concurrency-limits are on the
 * class path.
 */
@Configuration(proxyBeanMethods = false)
public class BulkheadConfiguration {

	private static final String NAME = "bulkhead";

	/**
	 * Makes limits that find how many calls a target can take.
	 */
	@FunctionalInterface
	interface LimitFinder {

		/**
		 * @param target the target whose calls are limited
		 * @param initial the first number
		 */
		ConcurrencyLimit limit(Target target, int initial);

	}

	@Bean
	GateFactory<BulkheadSettings, Bulkhead> arcllmBulkhead(ModuleSettings settings, ObjectProvider<Gauges> gauges,
			ObjectProvider<LimitFinder> finders) {
		LimitFinder finder = finders.getIfAvailable(() -> (target, initial) -> {
			throw new ConfigMistake("arcllm.modules.bulkhead.max-concurrent",
					"arcllm.modules.bulkhead.max-concurrent is auto for " + target
							+ ", but its library is not on the class path.",
					"Add the dependency com.netflix.concurrency-limits:concurrency-limits-core, or set a number.");
		});
		return new GateFactory<>(new BulkheadGate(finder, gauges.getIfAvailable(() -> Gauges.NONE)), settings);
	}

	/**
	 * The gate of a bulkhead.
	 *
	 * @param finder makes limits for {@code auto}
	 * @param gauges show how many calls are under way and wait
	 */
	private record BulkheadGate(LimitFinder finder, Gauges gauges) implements Gate<BulkheadSettings, Bulkhead> {

		@Override
		public String name() {
			return NAME;
		}

		@Override
		public Class<BulkheadSettings> settings() {
			return BulkheadSettings.class;
		}

		@Override
		public Bulkhead engine(Target target, BulkheadSettings own) {
			IntFunction<ConcurrencyLimit> found = (initial) -> this.finder.limit(target, initial);
			Bulkhead bulkhead = new Bulkhead(target, own, found);
			this.gauges.gauge("arcllm.bulkhead.running", target, () -> bulkhead.status().running());
			this.gauges.gauge("arcllm.bulkhead.queued", target, () -> bulkhead.status().queued());
			this.gauges.gauge("arcllm.bulkhead.limit", target, () -> bulkhead.status().maxConcurrent());
			return bulkhead;
		}

		/** Fails if the size is {@code auto} and cannot be found. */
		@Override
		public void check(Target target, BulkheadSettings own) {
			if (own.maxConcurrent().isAuto()) {
				this.finder.limit(target, 1);
			}
		}

		@Override
		public void use(Bulkhead bulkhead, BulkheadSettings newer) {
			bulkhead.use(newer);
		}

		@Override
		public LlmProvider module(LlmProvider inner, Bulkhead bulkhead) {
			return new BulkheadModule(inner, bulkhead);
		}

		@Override
		public Object status(Bulkhead bulkhead) {
			return bulkhead.status();
		}

	}

	/**
	 * The search for the size of a bulkhead.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Limit.class)
	static class Finding {

		/** The largest number of calls to a provider without connections of its own. */
		private static final int MOST = 64;

		@Bean
		@ConditionalOnMissingBean
		LimitFinder arcllmLimitFinder(ObjectProvider<Targets> targets) {
			return (target, initial) -> new FoundLimit(initial, () -> {
				ProviderDefinition definition = targets.getObject().definition(target.provider());
				return (definition == null) ? MOST : definition.http().maxConnections();
			});
		}

	}

}
