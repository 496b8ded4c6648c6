package io.arcllm;

import java.util.List;
import java.util.Objects;

/**
 * Copies lists that must not hold {@code null}, and says which one does.
 */
final class Copies {

	private Copies() {
	}

	static <T> List<T> of(List<T> list, String name) {
		try {
			return List.copyOf(Objects.requireNonNull(list, name));
		}
		catch (NullPointerException ex) {
			throw (list == null) ? ex : new NullPointerException(name + "[" + list.indexOf(null) + "]");
		}
	}

}
