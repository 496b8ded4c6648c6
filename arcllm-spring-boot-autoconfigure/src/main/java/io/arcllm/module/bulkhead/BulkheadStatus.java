package io.arcllm.module.bulkhead;

/**
 * The state of a bulkhead, for meters and the actuator.
 *
 * @param running calls under way
 * @param queued calls that wait for a place
 * @param maxConcurrent how many may be under way
 * @param maxQueue how many may wait
 * @param admitted calls let through since the start
 * @param refused calls refused since the start, because the queue was full or they waited
 * too long
 */
public record BulkheadStatus(int running, int queued, int maxConcurrent, int maxQueue, long admitted, long refused) {
}
