package io.arcllm.autoconfigure.config;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ResourceLoader;

/**
 * Reads the files of an application's configuration again, with their imports and in
 * Spring Boot's order; the command line and the environment stay as they are.
 */
public final class ConfigFiles {

	private static final List<String> FILES = List.of("Config resource '", "Config tree '");

	/** A property source of each environment that Spring Boot has prepared. */
	private static final String PREPARED = "random";

	private ConfigFiles() {
	}

	/**
	 * The environment as it would be after a restart; the environment itself stays as it
	 * is.
	 */
	public static ConfigurableEnvironment read(ConfigurableEnvironment environment, ResourceLoader loader) {
		StandardEnvironment again = new StandardEnvironment() {

			@Override
			protected void customizePropertySources(MutablePropertySources propertySources) {
			}

		};
		boolean prepared = environment.getPropertySources().contains(PREPARED);
		environment.getPropertySources().forEach((source) -> {
			if (!isAttached(source) && !(prepared && isFile(source))) {
				again.getPropertySources().addLast(source);
			}
		});
		if (prepared) {
			ConfigDataEnvironmentPostProcessor.applyTo(again, loader, null, environment.getActiveProfiles());
		}
		return again;
	}

	/** Makes the files of one environment those of the other. */
	public static void use(ConfigurableEnvironment again, ConfigurableEnvironment environment) {
		MutablePropertySources sources = environment.getPropertySources();
		String before = null;
		for (PropertySource<?> source : again.getPropertySources()) {
			if (isFile(source) && sources.contains(source.getName())) {
				sources.replace(source.getName(), source);
			}
			else if (isFile(source) && before != null) {
				sources.addAfter(before, source);
			}
			before = source.getName();
		}
		List<PropertySource<?>> all = new ArrayList<>();
		sources.forEach(all::add);
		all.stream()
			.filter((source) -> isFile(source) && !again.getPropertySources().contains(source.getName()))
			.forEach((source) -> sources.remove(source.getName()));
	}

	private static boolean isFile(PropertySource<?> source) {
		return FILES.stream().anyMatch(source.getName()::startsWith);
	}

	/** Whether it is Spring Boot's view of all sources, which is not a source itself. */
	private static boolean isAttached(PropertySource<?> source) {
		return source.getName().equals("configurationProperties");
	}

}
