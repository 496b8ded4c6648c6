package io.arcllm.module.budget;

import java.util.List;

/**
 * Money that is held for a call or attempt while it is under way.
 *
 * @param id tells reservations of all replicas apart
 * @param micros how much is held in each account
 * @param accounts where it is held
 */
record Reservation(String id, long micros, List<BudgetAccount> accounts) {
}
