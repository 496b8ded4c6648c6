package io.arcllm.autoconfigure.actuator;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.arcllm.module.budget.BudgetLedger;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * Sets what is spent of budgets in this window to 0; reservations stay.
 *
 * @param ledger has what is spent
 * @param configured the names of the configured limits
 */
public record ResetBudget(BudgetLedger ledger, Supplier<Collection<String>> configured) implements EndpointAction {

	@Override
	public String name() {
		return "reset-budget";
	}

	@Override
	public Object run(Parameters parameters) {
		String limit = parameters.limit();
		Set<String> known = new TreeSet<>(this.configured.get());
		known.addAll(this.ledger.limits());
		if (known.isEmpty() || (limit != null && !known.contains(limit))) {
			String there = known.isEmpty() ? "no budget has a limit" : "there are: " + String.join(", ", known);
			String reason = ((limit == null) ? "There is nothing to reset; " : "There is no limit '" + limit + "'; ")
					+ there;
			throw new InvalidEndpointRequestException(reason, reason);
		}
		this.ledger.reset(limit);
		return new Reset(reset(limit, known));
	}

	private static List<String> reset(@Nullable String limit, Set<String> known) {
		return (limit == null) ? List.copyOf(known) : List.of(limit);
	}

	/**
	 * What was done.
	 *
	 * @param limits the names of the limits that were reset
	 */
	public record Reset(List<String> limits) {
	}

}
