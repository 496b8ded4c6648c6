package io.arcllm.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;

import static org.assertj.core.api.Assertions.assertThat;

class TelemetryDocsTests {

	private static final Path DOCS = Path.of("../docs");

	private static final Pattern LABELS = Pattern.compile("\\{[^}]*}|\\bby \\([^)]*\\)");

	private static final Pattern METRIC = Pattern.compile("\\b(?:arcllm|gen_ai)_\\w+");

	private static final Pattern METER = Pattern.compile("`(arcllm\\.|gen_ai\\.|…\\.)([\\w.]+)`");

	@Test
	void theDashboardShowsMetersThatAreDocumented() throws IOException {
		List<String> expressions = JsonMapper.shared()
			.readTree(Files.readString(DOCS.resolve("grafana/arcllm-dashboard.json")))
			.findValuesAsString("expr");
		assertThat(expressions).hasSizeGreaterThan(20);
		assertThat(documented()).containsAll(metrics(expressions));
	}

	@Test
	void theAlertsReadMetersThatAreDocumented() throws IOException {
		YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
		yaml.setResources(new FileSystemResource(DOCS.resolve("prometheus/arcllm-alerts.yml")));
		Properties rules = Objects.requireNonNull(yaml.getObject());
		List<String> expressions = rules.stringPropertyNames()
			.stream()
			.filter((name) -> name.endsWith(".expr"))
			.map(rules::getProperty)
			.toList();
		assertThat(expressions).hasSize(5);
		assertThat(documented()).containsAll(metrics(expressions));
	}

	private static Set<String> metrics(List<String> expressions) {
		Set<String> metrics = new TreeSet<>();
		expressions.forEach((expression) -> METRIC.matcher(LABELS.matcher(expression).replaceAll(""))
			.results()
			.forEach((found) -> metrics.add(found.group())));
		assertThat(metrics).isNotEmpty();
		return metrics;
	}

	/** The first column of the tables has the names, the second a meter's type. */
	private static Set<String> documented() throws IOException {
		Set<String> known = new TreeSet<>();
		for (String line : Files.readAllLines(DOCS.resolve("telemetry.md"))) {
			String[] columns = line.split("\\|");
			if (columns.length > 3) {
				names(columns[1]).forEach((name) -> known.addAll(inPrometheus(name, columns[2].strip())));
			}
		}
		return known;
	}

	private static Set<String> names(String column) {
		Set<String> names = new TreeSet<>();
		String[] before = { "" };
		METER.matcher(column).results().forEach((found) -> {
			if (!found.group(1).startsWith("…")) {
				String name = found.group(1) + found.group(2);
				before[0] = name.substring(0, name.lastIndexOf('.') + 1);
				names.add(name);
			}
			else {
				names.add(before[0] + found.group(2));
			}
		});
		return names;
	}

	private static Set<String> inPrometheus(String name, String type) {
		String unit = name.endsWith("_tokens") ? "_token" : "";
		String metric = name.replace('.', '_') + unit;
		return switch (type) {
			case "counter" -> Set.of(metric + "_total");
			case "gauge" -> Set.of(metric);
			case "timer" -> withSuffixes(metric + "_seconds");
			case "summary" -> withSuffixes(metric);
			default -> Set.of();
		};
	}

	private static Set<String> withSuffixes(String metric) {
		return new TreeSet<>(Stream.of("_count", "_sum", "_max", "_bucket").map(metric::concat).toList());
	}

}
