package io.arcllm.provider.http;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.objenesis.SpringObjenesis;

/**
 * Makes a second reader of an answer that has read what the first has, so that an answer
 * can be ended after every byte without being read from its start each time.
 */
final class Forks {

	private static final SpringObjenesis INSTANCES = new SpringObjenesis();

	private static final Map<Class<?>, List<Field>> FIELDS = new ConcurrentHashMap<>();

	private final Map<Object, Object> known = new IdentityHashMap<>();

	private Forks() {
	}

	/**
	 * Gives the new reader the state of the other. What only refers to its owner stays
	 * the new one's.
	 */
	static <T> T of(T reader, T fresh) {
		return new Forks().state(reader, fresh);
	}

	private <T> T state(T from, T into) {
		this.known.put(from, into);
		try {
			for (Field field : FIELDS.computeIfAbsent(from.getClass(), Forks::fields)) {
				Object value = field.get(from);
				if (value == null || !value.getClass().isHidden()) {
					field.set(into, copy(value, field.get(into)));
				}
			}
			return into;
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Object copy(Object value, Object existing) {
		if (value instanceof byte[] bytes) {
			return bytes.clone();
		}
		if (value instanceof StringBuilder text) {
			return new StringBuilder(text);
		}
		if (value instanceof ArrayList<?> list) {
			List<Object> copies = new ArrayList<>();
			list.forEach((element) -> copies.add(copy(element, null)));
			return copies;
		}
		if (value instanceof Map<?, ?> map) {
			Map<Object, Object> copies = (value instanceof TreeMap) ? new TreeMap<>() : new LinkedHashMap<>();
			map.forEach((key, element) -> copies.put(key, copy(element, null)));
			return copies;
		}
		if (value == null || !isMutable(value.getClass())) {
			return value;
		}
		Object copy = this.known.get(value);
		if (copy != null) {
			return copy;
		}
		boolean sameClass = existing != null && existing.getClass() == value.getClass();
		return state(value, sameClass ? existing : INSTANCES.newInstance(value.getClass()));
	}

	private static boolean isMutable(Class<?> type) {
		return type.getName().startsWith("io.arcllm.") && !type.isRecord() && !type.isEnum();
	}

	private static List<Field> fields(Class<?> type) {
		List<Field> fields = new ArrayList<>();
		for (Field field : type.getDeclaredFields()) {
			if (!Modifier.isStatic(field.getModifiers())) {
				field.setAccessible(true);
				fields.add(field);
			}
		}
		return fields;
	}

}
