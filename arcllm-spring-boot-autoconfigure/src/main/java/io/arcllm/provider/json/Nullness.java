package io.arcllm.provider.json;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Decides which values may be null: optional ones, and those with an annotation named
 * {@code Nullable} of any library.
 */
final class Nullness {

	/** The optional types of numbers, and what they hold. */
	static final Map<Class<?>, Class<?>> OPTIONAL_NUMBERS = Map.of(OptionalInt.class, Integer.class, OptionalLong.class,
			Long.class, OptionalDouble.class, Double.class);

	private Nullness() {
	}

	static boolean isOptional(Class<?> type) {
		return type == Optional.class || OPTIONAL_NUMBERS.containsKey(type);
	}

	/** A field, by itself or by what gets and sets it. */
	static boolean isNullable(Field field) {
		String name = field.getName();
		String capital = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
		Set<String> getters = Set.of(name, "get" + capital, "is" + capital);
		return isNullable(field, field.getAnnotatedType(), field.getType())
				|| Arrays.stream(field.getDeclaringClass().getDeclaredMethods()).anyMatch((method) -> {
					boolean gets = method.getParameterCount() == 0 && getters.contains(method.getName());
					boolean sets = method.getParameterCount() == 1 && method.getName().equals("set" + capital);
					return (gets && isNullable(method, method.getAnnotatedReturnType(), method.getReturnType()))
							|| (sets && isNullable(method.getParameters()[0], method.getAnnotatedParameterTypes()[0],
									method.getParameterTypes()[0]));
				});
	}

	/** A field or parameter. */
	static boolean isNullable(AnnotatedElement element, AnnotatedType type, Class<?> erased) {
		return isOptional(erased) || isNullable(List.of(element.getAnnotations())) || isNullable(type);
	}

	/** A part of a type. */
	static boolean isNullable(@Nullable AnnotatedType type) {
		return type != null && isNullable(List.of(type.getAnnotations()));
	}

	private static boolean isNullable(List<Annotation> annotations) {
		return annotations.stream()
			.anyMatch((annotation) -> annotation.annotationType().getSimpleName().equals("Nullable"));
	}

}
