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
 * this process in CPU time.
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
					new ArrayList<>()))
			.forEach(this.measured::add);
	}

	private void run(int rounds, boolean count) {
		Random random = new Random(42);
		for (int i = 0; i < rounds; i++) {
			Collections.shuffle(this.measured, random);
			for (Measured each : this.measured) {
				double micros = each.micros();
				if (count) {
					each.rounds.add(micros);
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
			System.out.printf("%n%-34s %10s %10s %18s%n", kind, "µs a call", "x floor", "quarter to quarter");
			all.stream()
				.sorted((one, other) -> Double.compare(one.median(), other.median()))
				.forEach((each) -> System.out.printf("%-34s %10.0f %10.2f %9.0f..%.0f%n", each.client, each.median(),
						each.median() / unit, each.quantile(0.25), each.quantile(0.75)));
		});
	}

	private record Measured(String kind, String client, int calls, Mono<Integer> call, List<Double> rounds) {

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
			List<Double> sorted = this.rounds.stream().sorted().toList();
			return sorted.get((int) (part * (sorted.size() - 1)));
		}

	}

}
