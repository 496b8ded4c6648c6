package io.arcllm.provider.error;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;

/**
 * The exception of a vendor's SDK or of LangChain4j, read by its accessors, because these
 * libraries are optional: {@code statusCode()}, {@code headers()} with {@code names()}
 * and {@code values(name)}, and {@code body()}.
 *
 * @param failure may be any exception
 */
record SdkError(Throwable failure) {

	private static final int FIRST_ANSWER = 200;

	private static final int LAST_ANSWER = 599;

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/** The answer in it; {@code null} if it has no status. */
	@Nullable ForeignAnswer answer() {
		Object status = call(this.failure, "statusCode");
		return (status instanceof Integer code && code >= FIRST_ANSWER && code <= LAST_ANSWER)
				? new ForeignAnswer(code, headers(), words().getBytes(StandardCharsets.UTF_8)) : null;
	}

	private HttpHeaders headers() {
		HttpHeaders headers = new HttpHeaders();
		Object theirs = call(this.failure, "headers");
		if (theirs != null && call(theirs, "names") instanceof Collection<?> names) {
			for (Object name : names) {
				if (call(theirs, "values", name) instanceof Collection<?> values) {
					List<String> texts = new ArrayList<>();
					values.forEach((value) -> texts.add(String.valueOf(value)));
					headers.put(String.valueOf(name), texts);
				}
			}
		}
		return headers;
	}

	private String words() {
		Object body = call(this.failure, "body");
		if (body instanceof String text) {
			return text;
		}
		// a tree of JSON of the SDK's own
		Object fields = (body == null) ? null : call(body, "convert", Map.class);
		try {
			return (fields instanceof Map<?, ?>) ? JSON.writeValueAsString(fields)
					: Objects.requireNonNullElse(this.failure.getMessage(), "");
		}
		catch (JacksonException ex) {
			return "";
		}
	}

	/** Never fails: what cannot be read is {@code null}. */
	private static @Nullable Object call(Object on, String name, Object... arguments) {
		for (Class<?> type = on.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
			if (!Modifier.isPublic(type.getModifiers())) {
				continue;
			}
			for (Method method : type.getDeclaredMethods()) {
				if (method.getName().equals(name) && takes(method, arguments)) {
					return result(method, on, arguments);
				}
			}
		}
		return null;
	}

	private static boolean takes(Method method, Object... arguments) {
		if (!Modifier.isPublic(method.getModifiers()) || method.getParameterCount() != arguments.length) {
			return false;
		}
		return arguments.length == 0 || method.getParameterTypes()[0].isInstance(arguments[0]);
	}

	private static @Nullable Object result(Method method, Object on, Object... arguments) {
		try {
			return method.invoke(on, arguments);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

}
