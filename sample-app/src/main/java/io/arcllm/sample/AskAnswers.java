package io.arcllm.sample;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;

import io.arcllm.LlmResponse;
import io.arcllm.module.budget.BudgetLedger;
import io.arcllm.module.budget.BudgetStatus;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Shows answers with what is left of the budgets, except those of tenants and labels.
 */
@Component
public class AskAnswers {

	private static final Set<String> SHOWN = Set.of("global", "provider", "model");

	private final ObjectProvider<BudgetLedger> budgets;

	AskAnswers(ObjectProvider<BudgetLedger> budgets) {
		this.budgets = budgets;
	}

	/** The answer, to be shown. */
	public AskAnswer of(LlmResponse response) {
		List<BudgetStatus> all = this.budgets.stream().flatMap((ledger) -> ledger.status().stream()).toList();
		return AskAnswer.of(response,
				all.stream().filter((one) -> SHOWN.contains(one.scope())).map(AskAnswers::left).toList());
	}

	private static AskAnswer.BudgetLeft left(BudgetStatus budget) {
		BigDecimal left = budget.amount().subtract(budget.spent()).max(BigDecimal.ZERO);
		return new AskAnswer.BudgetLeft(budget.limit(), budget.subject(), left, budget.amount(), budget.currency());
	}

}
