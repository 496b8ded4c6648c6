package io.arcllm.benchmarks;

import java.util.Arrays;

import io.arcllm.benchmarks.bridges.BridgeCosts;
import io.arcllm.benchmarks.calls.CallCosts;
import io.arcllm.benchmarks.calls.FirstCalls;
import io.arcllm.benchmarks.gateway.GatewayLoad;
import io.arcllm.benchmarks.limits.LargeAnswer;
import io.arcllm.benchmarks.limits.ManyStreams;
import io.arcllm.benchmarks.modules.ModuleCosts;
import io.arcllm.benchmarks.storm.FaultStorm;
import io.arcllm.benchmarks.survival.Survival;

/**
 * The jar's main class: runs the benchmark that its first argument names.
 */
public final class Benchmarks {

	private Benchmarks() {
	}

	public static void main(String[] args) throws Exception {
		String name = (args.length == 0) ? "" : args[0];
		String[] rest = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
		switch (name) {
			case "modules" -> ModuleCosts.main(rest);
			case "bridges" -> BridgeCosts.main(rest);
			case "calls" -> CallCosts.main(rest);
			case "first-calls" -> FirstCalls.main(rest);
			case "gateway" -> GatewayLoad.main(rest);
			case "storm" -> FaultStorm.main(rest);
			case "streams" -> ManyStreams.main(rest);
			case "survival" -> Survival.main(rest);
			case "large" -> LargeAnswer.main(rest);
			default -> {
				System.err.println(
						"Name one of: modules, bridges, calls, first-calls, gateway, storm, survival, streams, large");
				System.exit(1);
			}
		}
		System.exit(0);
	}

}
