package io.arcllm.benchmarks.survival;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

import io.arcllm.LlmProvider;
import io.arcllm.test.ArcllmTime;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.SurvivalReport;
import io.arcllm.test.SurvivalReport.Row;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * The sixteen failures of the test kit's report, whole and streamed, through this library
 * and through others: how many their callers survive. The others take real time, all at
 * once, each with vendors of its own.
 */
public final class Survival {

	private static final long SEED = 1;

	private Survival() {
	}

	public static void main(String[] args) throws InterruptedException, ExecutionException {
		Map<String, List<Row>> reports = new LinkedHashMap<>();
		reports.put("ArcLLM, arcllm.profile: resilient", arcLlm("arcllm.profile=resilient"));
		reports.put("ArcLLM, retry and fallback on", arcLlm("arcllm.modules.retry.enabled=true",
				"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second"));
		reports.putAll(others(Map.of("Spring AI 2.0.1", (vendors) -> OtherClients.springAi(url(vendors, "openai")),
				"LangChain4j 1.19.0", (vendors) -> OtherClients.langChain4j(url(vendors, "openai")),
				"Resilience4j 2.4.0 by hand",
				(vendors) -> OtherClients.resilience4j(url(vendors, "openai"), url(vendors, "second")))));
		reports.forEach(Survival::print);
		System.out.printf("%n%-36s %10s %10s %10s%n", "", "whole", "streamed", "requests");
		reports.forEach((name, rows) -> System.out.printf("%-36s %10s %10s %10d%n", name, survived(rows, false),
				survived(rows, true), rows.stream().mapToInt(Row::requests).sum()));
	}

	private static List<Row> arcLlm(String... settings) {
		try (FakeVendors vendors = vendors();
				ArcllmTime time = ArcllmTime.install();
				ConfigurableApplicationContext context = context(vendors, settings)) {
			return failures(SurvivalReport.of(context.getBean(LlmProvider.class), vendors).time(time));
		}
	}

	private static ConfigurableApplicationContext context(FakeVendors vendors, String... settings) {
		List<String> all = new ArrayList<>(List.of("spring.main.banner-mode=off", "arcllm.provider=openai",
				"logging.level.root=error", "arcllm.providers.second.type=openai"));
		for (String name : List.of("openai", "second")) {
			all.addAll(List.of("arcllm.providers." + name + ".base-url=" + vendors.of(name).url() + "/v1",
					"arcllm.providers." + name + ".api-key=key", "arcllm.providers." + name + ".model=gpt-5-mini"));
		}
		all.addAll(List.of(settings));
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.logStartupInfo(false)
			.properties(all.toArray(String[]::new))
			.run();
	}

	private static Map<String, List<Row>> others(Map<String, Function<FakeVendors, OtherClient>> clients)
			throws InterruptedException, ExecutionException {
		ExecutorService threads = Executors.newFixedThreadPool(clients.size());
		Map<String, Future<List<Row>>> running = new LinkedHashMap<>();
		clients.forEach((name, client) -> running.put(name, threads.submit(() -> {
			try (FakeVendors vendors = vendors()) {
				return failures(SurvivalReport.of(client.apply(vendors), vendors).primary("openai"));
			}
		})));
		Map<String, List<Row>> reports = new LinkedHashMap<>();
		for (Map.Entry<String, Future<List<Row>>> one : running.entrySet()) {
			reports.put(one.getKey(), one.getValue().get());
		}
		threads.shutdown();
		return reports;
	}

	/** Without the recorded streams, which the others are not compared by. */
	private static List<Row> failures(SurvivalReport report) {
		return report.seed(SEED).run().rows().stream().filter((row) -> row.failure() != null).toList();
	}

	private static FakeVendors vendors() {
		Map<String, String> formats = new LinkedHashMap<>();
		formats.put("openai", "openai");
		formats.put("second", "openai");
		return FakeVendors.start(FakeVendorSettings.instant(), formats);
	}

	private static String url(FakeVendors vendors, String name) {
		return vendors.of(name).url();
	}

	private static void print(String name, List<Row> rows) {
		System.out.printf("%n%s%n", name);
		rows.forEach((row) -> System.out.printf("  %-28s %-9s %-9s %s%n", row.name(),
				row.streamed() ? "stream" : "whole", row.survived() ? "yes" : "NO", row.seen()));
	}

	private static String survived(List<Row> rows, boolean streamed) {
		List<Row> asked = rows.stream().filter((row) -> row.streamed() == streamed).toList();
		return asked.stream().filter(Row::survived).count() + " of " + asked.size();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
