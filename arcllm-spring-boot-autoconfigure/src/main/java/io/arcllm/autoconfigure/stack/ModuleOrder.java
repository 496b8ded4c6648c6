package io.arcllm.autoconfigure.stack;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.arcllm.CallOptions.ModuleOverride;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.annotation.OrderUtils;

/**
 * The modules in order, from the outside in. The places in {@code arcllm.modules.order}
 * are multiples of 100, so that the {@code @Order} of an application's module can be
 * between two of them; a module without one is innermost.
 *
 * @param aroundChain the modules that wrap a whole chain
 * @param chained whether there is a place for the chain
 * @param aroundTarget the modules that wrap each target
 * @param absent the modules that cannot be there
 */
public record ModuleOrder(List<ModuleFactory> aroundChain, boolean chained, List<ModuleFactory> aroundTarget,
		List<AbsentModule> absent) {

	/** The distance of two places in the configured order. */
	static final int STEP = 100;

	private static final int INNERMOST = Ordered.LOWEST_PRECEDENCE;

	/**
	 * Sorts the modules.
	 * @param order {@code arcllm.modules.order}
	 * @param ours the library's modules
	 * @param beans has those of the application
	 */
	public static ModuleOrder of(List<String> order, List<ModuleFactory> ours, ListableBeanFactory beans) {
		List<Ranked> ranked = new ArrayList<>();
		ours.stream()
			.filter((module) -> order.contains(module.name()))
			.forEach((module) -> ranked.add(new Ranked(module, rank(order, module.name()))));
		// one by one, because looking up all at once silently leaves out those that are
		// being created
		for (String name : beans.getBeanNamesForType(LlmModule.class)) {
			LlmModule module = beans.getBean(name, LlmModule.class);
			int rank = order.contains(name) ? rank(order, name) : rank(name, module, beans);
			ranked.add(new Ranked(new OwnModule(name, module), rank));
		}
		ranked.sort(Comparator.comparingInt(Ranked::rank));
		int chain = rank(order, ChainFactory.NAME);
		return new ModuleOrder(modules(ranked.stream().filter((one) -> one.rank() < chain)), chain > 0,
				modules(ranked.stream().filter((one) -> one.rank() >= chain)), absent(order, ours));
	}

	private static List<ModuleFactory> modules(Stream<Ranked> ranked) {
		return ranked.map(Ranked::module).toList();
	}

	/** All modules, from the outside in, without the chain. */
	public List<ModuleFactory> modules() {
		return Stream.concat(this.aroundChain.stream(), this.aroundTarget.stream()).toList();
	}

	/** The names of all modules, including the chain. */
	Collection<String> names() {
		return Stream
			.concat(Stream.of(ChainFactory.NAME),
					Stream.concat(modules().stream().map(ModuleFactory::name),
							this.absent.stream().map(AbsentModule::name)))
			.toList();
	}

	/**
	 * The modules that cannot be there.
	 */
	public static List<AbsentModule> absent(List<String> order, List<ModuleFactory> ours) {
		List<AbsentModule> absent = new ArrayList<>();
		Set<String> missing = new TreeSet<>(ModuleSettings.types().keySet());
		Stream.concat(ours.stream().map(ModuleFactory::name), Stream.of(ChainFactory.NAME)).forEach((name) -> {
			missing.remove(name);
			if (!order.contains(name)) {
				absent.add(AbsentModule.withoutPlace(name));
			}
		});
		missing.stream()
			.filter(AbsentModule::needsLibrary)
			.forEach((name) -> absent.add(AbsentModule.withoutLibrary(name)));
		return absent;
	}

	/** Zero for a module that is not in the order. */
	private static int rank(List<String> order, String name) {
		return (order.indexOf(name) + 1) * STEP;
	}

	private static int rank(String name, LlmModule module, ListableBeanFactory beans) {
		if (module instanceof Ordered ordered) {
			return ordered.getOrder();
		}
		Order order = beans.findAnnotationOnBean(name, Order.class);
		return (order != null) ? order.value() : OrderUtils.getOrder(module.getClass(), INNERMOST);
	}

	/**
	 * The order, made at its first use; readers do not wait for it.
	 */
	static final class MadeOnce {

		private final Supplier<ModuleOrder> maker;

		private final ReentrantLock making = new ReentrantLock();

		private volatile @Nullable ModuleOrder made;

		MadeOnce(Supplier<ModuleOrder> maker) {
			this.maker = maker;
		}

		/** {@code null} where it was not made yet. */
		@Nullable ModuleOrder known() {
			return this.made;
		}

		ModuleOrder get() {
			ModuleOrder known = this.made;
			if (known != null) {
				return known;
			}
			this.making.lock();
			try {
				ModuleOrder order = this.made;
				if (order == null) {
					order = this.maker.get();
					this.made = order;
				}
				return order;
			}
			finally {
				this.making.unlock();
			}
		}

	}

	private record Ranked(ModuleFactory module, int rank) {
	}

	/**
	 * A module of the application.
	 */
	private record OwnModule(String name, LlmModule module) implements ModuleFactory {

		@Override
		public LlmProvider around(LlmProvider inner, StackPosition position) {
			LlmProvider wrapped = this.module.around(inner, position.target());
			if (wrapped == null) {
				throw new LlmConfigException("The LlmModule '" + this.name
						+ "' returned null: return a provider, or 'inner' itself to change nothing");
			}
			return wrapped;
		}

	}

	/**
	 * A module that cannot be made, with the reason.
	 *
	 * @param name the module
	 * @param expected whether it can be switched on in the configuration
	 * @param reason why it cannot be made
	 */
	public record AbsentModule(String name, boolean expected, String reason) {

		private static final Map<String, String> LIBRARIES = Map.of("circuit-breaker",
				"io.github.resilience4j:resilience4j-circuitbreaker", "rate-limit", "com.bucket4j:bucket4j_jdk17-core",
				"cache", "com.github.ben-manes.caffeine:caffeine");

		/** The library of the module is not on the class path. */
		static AbsentModule withoutLibrary(String name) {
			return new AbsentModule(name, true,
					"its library is not on the class path: add the dependency " + LIBRARIES.get(name));
		}

		/** The module has no place in the configured order. */
		static AbsentModule withoutPlace(String name) {
			return new AbsentModule(name, false, "it is not in arcllm.modules.order: add it there");
		}

		static boolean needsLibrary(String name) {
			return LIBRARIES.containsKey(name);
		}

		/**
		 * Refuses a module that is on.
		 * @param position the position at which it may be on
		 * @throws LlmConfigException if it is on there
		 */
		void requireOff(StackPosition position) {
			ModuleOverride override = position.options().modules().get(this.name);
			if (this.expected || (override != null && Boolean.TRUE.equals(override.effectivelyEnabled()))) {
				throw new LlmConfigException("arcllm.modules." + this.name + ".enabled",
						"The module '" + this.name + "' is on for " + position.provider() + ", but " + this.reason);
			}
		}

	}

}
