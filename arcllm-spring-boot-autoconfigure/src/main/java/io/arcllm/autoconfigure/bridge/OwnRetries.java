package io.arcllm.autoconfigure.bridge;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.backoff.BackOff;

/**
 * Finds out how often a model of another library repeats a request itself: from its
 * client, else from {@code getMaxRetries()} of its options, else from a field {@code
 * maxRetries}, else from its {@link RetryTemplate}.
 */
final class OwnRetries {

	/** The largest result, so that products stay small. */
	private static final int MOST = 1000;

	private OwnRetries() {
	}

	/**
	 * The retries of a model; 0 if it has none or they cannot be read.
	 * @param model the model
	 * @param options its options, if it has any
	 */
	static int of(Object model, @Nullable Object options) {
		Object target = AopProxyUtils.getSingletonTarget(model);
		Object asked = (target != null) ? target : model;
		Number retries = ofClient(asked);
		if (retries == null && options != null) {
			retries = number(options, "getMaxRetries");
		}
		if (retries == null && field(asked, "maxRetries") instanceof Number number) {
			retries = number;
		}
		if (retries == null && field(asked, "retryTemplate") instanceof RetryTemplate template) {
			BackOff backOff = template.getRetryPolicy().getBackOff();
			retries = number(backOff, "getMaxAttempts");
		}
		return (retries == null) ? 0 : (int) Math.min(MOST, Math.max(0, retries.longValue()));
	}

	/**
	 * The retries of the model's client; the options only say what a new client would
	 * have.
	 */
	private static @Nullable Number ofClient(Object model) {
		Number[] found = new Number[1];
		ReflectionUtils.doWithFields(model.getClass(), (field) -> {
			Object client = field(model, field.getName());
			Object options = (client == null || found[0] != null) ? null : field(client, "clientOptions");
			found[0] = (options == null) ? found[0] : number(options, "maxRetries");
		}, (field) -> !Modifier.isStatic(field.getModifiers()) && field.getType().getSimpleName().endsWith("Client"));
		return found[0];
	}

	private static @Nullable Number number(Object on, String accessor) {
		Method method = ClassUtils.getMethodIfAvailable(on.getClass(), accessor);
		try {
			return (method != null && method.invoke(on) instanceof Number number) ? number : null;
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

	/** Never fails: what cannot be read is {@code null}. */
	private static @Nullable Object field(Object on, String name) {
		try {
			Field field = ReflectionUtils.findField(on.getClass(), name);
			if (field == null) {
				return null;
			}
			field.setAccessible(true);
			return field.get(on);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

}
