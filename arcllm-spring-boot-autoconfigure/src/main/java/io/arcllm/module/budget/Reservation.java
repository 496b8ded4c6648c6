package io.arcllm.module.budget;

import java.util.List;

/**
 * Money that is reserved for a call or attempt while it is under way.
 *
 * @param id identifies the reservation among all replicas
 * @param micros how much is reserved in each account, in millionths
 * @param accounts the accounts in which it is reserved
 */
record Reservation(String id, long micros, List<BudgetAccount> accounts) {
}
