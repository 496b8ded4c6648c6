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
		Objects.requireNonNull(list, name);
		for (int i = 0; i < list.size(); i++) {
			if (list.get(i) == null) {
				throw new NullPointerException(name + "[" + i + "]");
			}
		}
		return List.copyOf(list);
	}

}
