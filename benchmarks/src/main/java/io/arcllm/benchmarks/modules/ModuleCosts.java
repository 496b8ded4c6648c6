package io.arcllm.benchmarks.modules;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs {@link ModuleBenchmark} with one and with four threads and prints what each module
 * adds to a call. Compares the quietest iterations: other work on the machine only ever
 * adds to them.
 */
public final class ModuleCosts {

	private static final String ALLOCATED = "gc.alloc.rate.norm";

	private ModuleCosts() {
	}

	/**
	 * @param args more of JMH's own options, such as {@code -f 3}
	 */
	public static void main(String[] args) throws Exception {
		Map<Integer, Collection<RunResult>> results = new LinkedHashMap<>();
		for (int threads : new int[] { 1, 4 }) {
			ChainedOptionsBuilder options = new OptionsBuilder().parent(new CommandLineOptions(args))
				.include(ModuleBenchmark.class.getName())
				.addProfiler(GCProfiler.class)
				.threads(threads);
			results.put(threads, new Runner(options.build()).run());
		}
		System.out.printf("%n%-44s %-6s %7s %10s %9s %10s %9s%n", "stack", "answer", "threads", "ns a call", "least ns",
				"bytes", "more ns");
		results.forEach(ModuleCosts::print);
	}

	private static void print(int threads, Collection<RunResult> results) {
		Map<String, Double> bases = new LinkedHashMap<>();
		for (RunResult result : results) {
			String stack = result.getParams().getParam("stack");
			String answer = result.getParams().getParam("deltas").equals("0") ? "whole" : "stream";
			double nanos = result.getPrimaryResult().getStatistics().getMin();
			bases.put(answer + stack, nanos);
			Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
			System.out.printf("%-44s %-6s %7d %10.0f %9.0f %10.0f %9.0f%n", stack, answer, threads,
					result.getPrimaryResult().getScore(), nanos, (allocated == null) ? 0 : allocated.getScore(),
					nanos - bases.getOrDefault(answer + base(stack), nanos));
		}
	}

	/** What the stack is compared with. */
	private static String base(String stack) {
		return switch (stack) {
			case "provider", "call" -> "provider";
			case "contract" -> "call";
			default -> (stack.indexOf('+') == stack.lastIndexOf('+')) ? "contract" : "provider";
		};
	}

}
