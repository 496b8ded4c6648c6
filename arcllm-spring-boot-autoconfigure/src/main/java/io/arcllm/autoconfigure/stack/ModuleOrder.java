package io.arcllm.autoconfigure.stack;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.arcllm.CallOptions.ModuleOverride;
import io.arcllm.LlmConfigException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.StackPosition;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.annotation.OrderUtils;

/**
 * Puts the modules in order, from the outside in. A place in {@code arcllm.modules.order}
 * counts a hundred, so that an {@code @Order} can say where between two of them a module
 * of the application's own stands; one without stands innermost.
 */
public final class ModuleOrder {

	/** What a place in the configured order counts. */
	static final int STEP = 100;

	private static final int INNERMOST = Ordered.LOWEST_PRECEDENCE;

	private ModuleOrder() {
	}

	public static List<ModuleFactory> sort(List<String> order, List<ModuleFactory> ours, ListableBeanFactory beans) {
		List<Ranked> ranked = new ArrayList<>();
		ours.stream()
			.filter((module) -> order.contains(module.name()))
			.forEach((module) -> ranked.add(new Ranked(module, (order.indexOf(module.name()) + 1) * STEP)));
		absent(order, ours).forEach((module) -> ranked.add(new Ranked(module, INNERMOST)));
		// One by one: all at once leaves those out, without a word, that are being made
		for (String name : beans.getBeanNamesForType(LlmModule.class)) {
			LlmModule module = beans.getBean(name, LlmModule.class);
			int place = order.indexOf(name);
			int rank = (place >= 0) ? (place + 1) * STEP : rank(name, module, beans);
			ranked.add(new Ranked(new OwnModule(name, module), rank));
		}
		ranked.sort(Comparator.comparingInt(Ranked::rank));
		return ranked.stream().map(Ranked::module).toList();
	}

	/**
	 * What stands in the place of modules that cannot be there.
	 */
	public static List<ModuleFactory> absent(List<String> order, List<ModuleFactory> ours) {
		List<ModuleFactory> absent = new ArrayList<>();
		Set<String> missing = new TreeSet<>(ModuleSettings.types().keySet());
		for (ModuleFactory module : ours) {
			missing.remove(module.name());
			if (!order.contains(module.name())) {
				absent.add(AbsentModule.withoutPlace(module.name()));
			}
		}
		missing.stream()
			.filter(AbsentModule::needsLibrary)
			.forEach((name) -> absent.add(AbsentModule.withoutLibrary(name)));
		return absent;
	}

	private static int rank(String name, LlmModule module, ListableBeanFactory beans) {
		if (module instanceof Ordered ordered) {
			return ordered.getOrder();
		}
		Order order = beans.findAnnotationOnBean(name, Order.class);
		return (order != null) ? order.value() : OrderUtils.getOrder(module.getClass(), INNERMOST);
	}

	private record Ranked(ModuleFactory module, int rank) {
	}

	/**
	 * A module of the application's own.
	 */
	private record OwnModule(String name, LlmModule module) implements ModuleFactory {

		@Override
		public LlmProvider around(LlmProvider inner, StackPosition place) {
			return this.module.around(inner);
		}

	}

	/**
	 * In the place of a module that cannot be there: says why when somebody switches it
	 * on.
	 *
	 * @param name the module
	 * @param expected whether it would be there if it was on in the configuration
	 * @param reason why it cannot be there
	 */
	record AbsentModule(String name, boolean expected, String reason) implements ModuleFactory {

		private static final Map<String, String> LIBRARIES = Map.of("circuit-breaker",
				"io.github.resilience4j:resilience4j-circuitbreaker", "rate-limit", "com.bucket4j:bucket4j_jdk17-core");

		/** The library of the module is not on the class path. */
		static AbsentModule withoutLibrary(String name) {
			return new AbsentModule(name, true,
					"its library is not on the class path: add the dependency " + LIBRARIES.get(name));
		}

		/** Nobody said where in the stack it stands. */
		static AbsentModule withoutPlace(String name) {
			return new AbsentModule(name, false, "it is not in arcllm.modules.order: add it there");
		}

		static boolean needsLibrary(String name) {
			return LIBRARIES.containsKey(name);
		}

		@Override
		public LlmProvider around(LlmProvider inner, StackPosition place) {
			ModuleOverride override = place.options().modules().get(this.name);
			boolean wanted = this.expected || (override != null && Boolean.TRUE.equals(override.effectivelyEnabled()));
			if (wanted) {
				throw new LlmConfigException("arcllm.modules." + this.name + ".enabled",
						"The module '" + this.name + "' is on for " + place.provider() + ", but " + this.reason);
			}
			return inner;
		}

	}

}
