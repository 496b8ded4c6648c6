package io.arcllm.benchmarks.modules;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs {@link ModuleBenchmark} and {@link RejectionBenchmark} with one and with four
 * threads and prints what each module adds to a call. Compares the quietest iterations:
 * other work on the machine only ever adds to them.
 */
public final class ModuleCosts {

	private static final String DELTAS = "200";

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
				.include(RejectionBenchmark.class.getName())
				.addProfiler(GCProfiler.class)
				.addProfiler(CpuTimeProfiler.class)
				.threads(threads);
			results.put(threads, new Runner(options.build()).run());
		}
		System.out.printf("%nCPU nanoseconds%n%-100s %7s %9s %9s %9s %9s %9s%n", "stack", "threads", "a call", "more",
				"a delta", "bytes", "on clock");
		results.forEach(ModuleCosts::print);
	}

	private static void print(int threads, Collection<RunResult> results) {
		Map<String, Double> whole = new LinkedHashMap<>();
		Map<String, Double> streamed = new LinkedHashMap<>();
		Map<String, RunResult> calls = new LinkedHashMap<>();
		for (RunResult result : results) {
			String stack = Objects.requireNonNullElse(result.getParams().getParam("stack"), "refused by a breaker");
			boolean stream = DELTAS.equals(result.getParams().getParam("deltas"));
			(stream ? streamed : whole).put(stack, least(result, CpuTimeProfiler.LABEL));
			if (!stream) {
				calls.put(stack, result);
			}
		}
		calls.forEach((stack, result) -> {
			double nanos = whole.getOrDefault(stack, 0.0);
			double delta = (streamed.getOrDefault(stack, nanos) - nanos) / Integer.parseInt(DELTAS);
			System.out.printf("%-100s %7d %9.0f %9.0f %9.1f %9.0f %9.0f%n", stack, threads, nanos,
					nanos - whole.getOrDefault(base(stack), 0.0), delta, least(result, ALLOCATED),
					least(result.getPrimaryResult()));
		});
	}

	private static double least(RunResult result, String label) {
		return least(Objects.requireNonNull(result.getSecondaryResults().get(label), label));
	}

	private static double least(Result<?> result) {
		return result.getStatistics().getMin();
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
