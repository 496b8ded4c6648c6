package io.arcllm.benchmarks.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

import io.arcllm.benchmarks.calls.VendorProcess;

/**
 * Asks a vendor of fixed answers directly and through the sample application, in turn,
 * and prints what the gateway adds and how many calls a second it takes.
 */
public final class GatewayLoad {

	private static final byte[] BODY = """
			{"model":"default","messages":[{"role":"user","content":"Tell me of the sea."}]}"""
		.getBytes(StandardCharsets.UTF_8);

	private static final int ROUNDS = 5;

	private final HttpLoad direct;

	private final HttpLoad gateway;

	private final SampleProcess sample;

	private final Duration round;

	private GatewayLoad(VendorProcess vendor, SampleProcess sample, Duration round) {
		this.direct = new HttpLoad(URI.create(vendor.url("coalesced") + "/chat/completions"), BODY);
		this.gateway = new HttpLoad(sample.url("/v1/chat/completions"), BODY);
		this.sample = sample;
		this.round = round;
	}

	/**
	 * @param args how many seconds each of the rounds takes, then settings of the sample
	 * application such as {@code --arcllm.modules.retry.enabled=false}
	 */
	public static void main(String[] args) throws Exception {
		int seconds = (args.length > 0) ? Integer.parseInt(args[0]) : 5;
		List<String> settings = Arrays.asList(args).subList(Math.min(1, args.length), args.length);
		try (VendorProcess vendor = VendorProcess.start();
				SampleProcess sample = SampleProcess.start(vendor.url("coalesced"), settings)) {
			GatewayLoad load = new GatewayLoad(vendor, sample, Duration.ofSeconds(seconds));
			load.gateway.run(32, Duration.ofSeconds(seconds * 10L));
			System.out.printf("%n%11s %-12s %9s %9s %9s %10s %13s%n", "connections", "", "p50 ms", "p95 ms", "p99 ms",
					"calls/s", "gateway CPU µs");
			load.measure(1);
			load.measure(32);
		}
	}

	private void measure(int connections) throws IOException {
		List<Round> direct = new ArrayList<>();
		List<Round> gateway = new ArrayList<>();
		for (int i = 0; i < ROUNDS; i++) {
			direct.add(round(this.direct, connections));
			gateway.add(round(this.gateway, connections));
		}
		double before = print(connections, "direct", direct);
		double after = print(connections, "gateway", gateway);
		System.out.printf("%11d %-12s %9.3f%n", connections, "added", after - before);
	}

	private Round round(HttpLoad load, int connections) throws IOException {
		Duration before = this.sample.cpu();
		HttpLoad.Calls calls = load.run(connections, this.round);
		return new Round(calls, this.sample.cpu().minus(before).toNanos() / 1e3 / calls.nanos().length);
	}

	private static double print(int connections, String what, List<Round> rounds) {
		double median = median(rounds, (round) -> round.calls.quantile(0.5));
		System.out.printf("%11d %-12s %9.3f %9.3f %9.3f %10.0f %13.0f%n", connections, what, median,
				median(rounds, (round) -> round.calls.quantile(0.95)),
				median(rounds, (round) -> round.calls.quantile(0.99)),
				median(rounds, (round) -> round.calls.perSecond()), median(rounds, Round::cpu));
		return median;
	}

	private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
		return rounds.stream().mapToDouble(value).sorted().skip(rounds.size() / 2).findFirst().orElseThrow();
	}

	/**
	 * Some seconds of one load.
	 *
	 * @param cpu that the gateway spent on each call, in microseconds
	 */
	private record Round(HttpLoad.Calls calls, double cpu) {
	}

}
