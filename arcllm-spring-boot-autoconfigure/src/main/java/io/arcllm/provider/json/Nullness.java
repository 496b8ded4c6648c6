package io.arcllm.provider.json;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

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
