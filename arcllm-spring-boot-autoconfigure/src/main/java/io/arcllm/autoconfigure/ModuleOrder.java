package io.arcllm.autoconfigure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.annotation.OrderUtils;

/**
 * Puts the modules in order, from the outside in. A place in {@code arcllm.modules.order}
 * counts a hundred, so that an {@code @Order} can say where between two of them a module
 * of the application's own stands; one without stands innermost.
 */
final class ModuleOrder {

	/** What a place in the configured order counts. */
	static final int STEP = 100;

	private static final int INNERMOST = Ordered.LOWEST_PRECEDENCE;

	private ModuleOrder() {
	}

	static List<ModuleFactory> sort(List<String> order, List<ModuleFactory> ours, ListableBeanFactory beans) {
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
	static List<ModuleFactory> absent(List<String> order, List<ModuleFactory> ours) {
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
		public LlmProvider around(LlmProvider inner, Place place) {
			return this.module.around(inner);
		}

	}

}
