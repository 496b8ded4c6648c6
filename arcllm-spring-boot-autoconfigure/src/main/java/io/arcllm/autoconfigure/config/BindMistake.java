package io.arcllm.autoconfigure.config;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.arcllm.autoconfigure.config.UnitCheck.MissingUnit;
import io.arcllm.autoconfigure.config.UnitCheck.NoWholeNumber;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.convert.ConversionFailedException;

/**
 * Describes a value that could not be bound: its key, the place where it is written, and
 * what is allowed there. The original exception is not kept as the cause, because it
 * contains the value.
 */
final class BindMistake {

	private static final Pattern KEY = Pattern.compile("^([a-z][a-z0-9.-]*)\\s");

	private static final Pattern SECRET = Pattern.compile("(api-?keys?|password|headers?|options)(\\W|$)|base-?url$",
			Pattern.CASE_INSENSITIVE);

	private BindMistake() {
	}

	static ConfigMistake explain(BindException ex, List<ConfigLayer> layers) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof MissingUnit missing) {
				return mistake(layers, ex.getName().toString(),
						"is '" + missing.value() + "', a duration without a unit.",
						"Write " + missing.value() + "s or " + missing.value() + "ms.");
			}
			if (cause instanceof NoWholeNumber) {
				return mistake(layers, ex.getName().toString(),
						"cannot be read" + shown(ex.getName().toString(), ex) + ".", "Give a whole number.");
			}
		}
		BeanInstantiationException refusal = refusal(ex);
		String name = ex.getName().toString();
		Throwable refused = (refusal == null) ? null : refusal.getCause();
		if (refusal != null && refused != null && refused.getMessage() != null) {
			Matcher matcher = KEY.matcher(refused.getMessage());
			String named = (matcher.find() && isKeyOf(refusal.getBeanClass(), matcher.group(1))) ? matcher.group(1)
					: "";
			String found = locate(layers, ex.getName(), named);
			return mistake(layers, found, "is wrong: " + refused.getMessage() + ".",
					"Give it a value that is allowed.");
		}
		return mistake(layers, name, "cannot be read" + shown(name, ex) + ".", allowed(ex));
	}

	private static @Nullable BeanInstantiationException refusal(Throwable ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof BeanInstantiationException refusal
					&& cause.getCause() instanceof IllegalArgumentException) {
				return refusal;
			}
		}
		return null;
	}

	/** Whether the first word of a message is a key, and not only a word. */
	private static boolean isKeyOf(Class<?> record, String word) {
		String last = word.substring(word.lastIndexOf('.') + 1);
		RecordComponent[] components = record.getRecordComponents();
		return components != null && Arrays.stream(components)
			.anyMatch((one) -> DataObjectPropertyName.toDashedForm(one.getName()).equals(last));
	}

	/**
	 * Finds the whole key: records name keys relative to themselves, or to their module.
	 */
	private static String locate(List<ConfigLayer> layers, ConfigurationPropertyName at, String named) {
		for (ConfigurationPropertyName section = at; !section.isEmpty(); section = section.getParent()) {
			String candidate = section + "." + named;
			if (layers.stream().anyMatch((layer) -> layer.contains(candidate))) {
				return candidate;
			}
		}
		return named.isEmpty() ? at.toString() : at + "." + named;
	}

	private static ConfigMistake mistake(List<ConfigLayer> layers, String name, String what, String action) {
		ConfigLayer layer = layers.stream()
			.filter((candidate) -> candidate.contains(name))
			.findFirst()
			.orElse(layers.get(layers.size() - 1));
		String origin = layer.isOurs() ? null : layer.origin(name);
		String key = layer.key(name);
		return new ConfigMistake(key, "'" + key + "'" + ((origin == null) ? "" : " (" + origin + ")") + " " + what,
				action);
	}

	private static String shown(String name, BindException ex) {
		Object value = (ex.getProperty() == null) ? null : ex.getProperty().getValue();
		if (value == null) {
			return "";
		}
		return ": the value is '" + (SECRET.matcher(name).find() ? Text.MASK : value) + "'";
	}

	private static String allowed(BindException ex) {
		Class<?> type = ex.getTarget().getType().toClass();
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof ConversionFailedException failed) {
				type = failed.getTargetType().getType();
			}
		}
		return "Give " + describe(type) + ".";
	}

	private static String describe(Class<?> type) {
		if (type.isEnum()) {
			return "one of " + Arrays.stream(type.getEnumConstants())
				.map((constant) -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", "));
		}
		return switch (type.getSimpleName()) {
			case "Duration" -> "a duration, such as 500ms, 30s or 10m";
			case "DataSize" -> "a size, such as 512KB or 16MB";
			case "int", "Integer", "long", "Long" -> "a whole number";
			case "double", "Double", "BigDecimal" -> "a number";
			case "boolean", "Boolean" -> "true or false";
			case "Percent" -> "a share, such as 50%";
			case "CommitPoint" -> "first-token, a duration such as 500ms, a count such as 40-tokens, or full";
			case "HedgeDelay" -> "a percentile from p1 to p99, such as p95, or a duration such as 800ms";
			case "MinRate" -> "a rate and a window, such as 5/s over 10s";
			case "MaxConcurrent" -> "a whole number from 1 on, or auto";
			case "BudgetScope" -> "one of global, provider, model, tenant, label:<key>";
			case "ZoneId" -> "a time zone, such as UTC or Europe/Berlin";
			case "List", "Set" -> "a list, such as [one, two]";
			case "Map" -> "a map: a name, a colon and a value on each line beneath it";
			default -> "a value of the type " + type.getSimpleName();
		};
	}

}
