package io.arcllm.benchmarks.calls;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Asks the vendor with each client in turn, many rounds, and prints what a call costs
 * this process in CPU time and memory.
 */
public final class CallCosts {

	private static final int CONCURRENCY = 16;

	private final Scheduler threads = Schedulers.newBoundedElastic(CONCURRENCY, Integer.MAX_VALUE, "waiting");

	private final Pattern kinds;

	private final Pattern clients;

	private final VendorProcess vendor;

	private final List<Measured> measured = new ArrayList<>();

	private CallCosts(Pattern kinds, Pattern clients, VendorProcess vendor) {
		this.kinds = kinds;
		this.clients = clients;
		this.vendor = vendor;
	}

	/**
	 * @param args how many rounds; a pattern of the kinds of answers that are wanted, and
	 * one of the clients
	 */
	public static void main(String[] args) throws Exception {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 20;
		Pattern kinds = Pattern.compile((args.length > 1) ? args[1] : ".*");
		Pattern clients = Pattern.compile((args.length > 2) ? args[2] + "|" + Floor.NAME : ".*");
		try (VendorProcess vendor = VendorProcess.start()) {
			CallCosts costs = new CallCosts(kinds, clients, vendor);
			costs.add("whole, at once", "coalesced", 500, Client::whole);
			costs.add("whole, after 5 milliseconds", "delayed", 300, Client::whole);
			costs.add("stream, a chunk a millisecond", "paced", 100, Client::stream);
			costs.add("stream, each chunk flushed", "flushed", 200, Client::stream);
			costs.add("stream, all chunks at once", "coalesced", 200, Client::stream);
			costs.run(rounds, false);
			costs.run(rounds, true);
			costs.print();
		}
	}

	private void add(String kind, String manner, int calls, Function<Client, Mono<Integer>> call) {
		if (!this.kinds.matcher(kind).find()) {
			return;
		}
		String url = this.vendor.url(manner);
		Stream.of(new Floor(url), new ArcLlm(url), new AlwaysStreamed(url), new BareWebClient(url),
				new PlainWebClient(url, 64), new SpringAi(url, this.threads, null), new LangChain4j(url, this.threads))
			.filter((client) -> this.clients.matcher(client.name()).find())
			.map((client) -> new Measured(kind, client.name(), calls, Mono.defer(() -> call.apply(client)),
					new ArrayList<>(), new ArrayList<>()))
			.forEach(this.measured::add);
	}

	private void run(int rounds, boolean count) {
		Random random = new Random(42);
		for (int i = 0; i < rounds; i++) {
			Collections.shuffle(this.measured, random);
			for (Measured each : this.measured) {
				long allocated = Allocated.bytes();
				double micros = each.micros();
				if (count) {
					each.rounds.add(micros);
					each.bytes.add((Allocated.bytes() - allocated) / (double) each.calls);
				}
			}
		}
	}

	private void print() {
		Map<String, List<Measured>> kinds = new LinkedHashMap<>();
		for (String kind : this.measured.stream().map(Measured::kind).distinct().sorted().toList()) {
			kinds.put(kind, this.measured.stream().filter((each) -> each.kind.equals(kind)).toList());
		}
		System.out.printf("%n%d calls at a time, CPU microseconds a call, median of %d rounds%n", CONCURRENCY,
				this.measured.get(0).rounds.size());
		kinds.forEach((kind, all) -> {
			double floor = all.get(0).median();
			for (Measured each : all) {
				floor = Floor.NAME.equals(each.client) ? each.median() : floor;
			}
			double unit = floor;
			System.out.printf("%n%-40s %10s %10s %18s %10s%n", kind, "µs a call", "x floor", "quarter to quarter",
					"bytes");
			all.stream()
				.sorted((one, other) -> Double.compare(one.median(), other.median()))
				.forEach((each) -> System.out.printf("%-40s %10.0f %10.2f %18s %10.0f%n", each.client, each.median(),
						each.median() / unit, Math.round(each.quantile(0.25)) + ".." + Math.round(each.quantile(0.75)),
						quantile(each.bytes, 0.5)));
		});
	}

	private static double quantile(List<Double> values, double part) {
		List<Double> sorted = values.stream().sorted().toList();
		return sorted.get((int) (part * (sorted.size() - 1)));
	}

	private record Measured(String kind, String client, int calls, Mono<Integer> call, List<Double> rounds,
			List<Double> bytes) {

		double micros() {
			long before = CpuTime.nanos();
			Flux.range(0, this.calls).flatMap((i) -> this.call, CONCURRENCY).doOnNext(this::check).blockLast();
			return (CpuTime.nanos() - before) / 1000.0 / this.calls;
		}

		private void check(int characters) {
			if (characters != Answers.CHARACTERS) {
				throw new IllegalStateException(this.client + " read " + characters + " characters");
			}
		}

		double median() {
			return quantile(0.5);
		}

		double quantile(double part) {
			return CallCosts.quantile(this.rounds, part);
		}

	}

}
