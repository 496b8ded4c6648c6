package io.arcllm.autoconfigure.config;

import java.time.Duration;

import io.arcllm.module.ModuleClock;

import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Refuses durations without a unit, because 60 would be 60 milliseconds and mostly means
 * seconds, and fractions where a whole number is needed. More than a hundred years is a
 * hundred years.
 *
 * @param environment resolves placeholders
 */
record UnitCheck(Environment environment) implements BindHandler {

	@Override
	public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
		ConfigurationProperty property = context.getConfigurationProperty();
		if (result instanceof Duration && property != null && property.getName().equals(name)
				&& property.getValue() != null) {
			String value = this.environment.resolvePlaceholders(property.getValue().toString()).trim();
			if (value.matches("[+-]?\\d+") && !value.matches("[+-]?0+")) {
				throw new MissingUnit(value);
			}
		}
		if ((result instanceof Integer || result instanceof Long) && property != null
				&& property.getValue() instanceof Number written && written.doubleValue() % 1 != 0) {
			throw new NoWholeNumber();
		}
		return (result instanceof Duration time) ? ModuleClock.bounded(time) : result;
	}

	/**
	 * A whole number has a fraction, which would be cut off.
	 */
	static final class NoWholeNumber extends IllegalArgumentException {

		NoWholeNumber() {
			super("has a fraction");
		}

	}

	/**
	 * A duration has no unit.
	 */
	static final class MissingUnit extends IllegalArgumentException {

		private final String value;

		MissingUnit(String value) {
			super("has no unit");
			this.value = value;
		}

		String value() {
			return this.value;
		}

	}

}
