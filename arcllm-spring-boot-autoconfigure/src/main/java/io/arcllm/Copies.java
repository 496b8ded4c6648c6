package io.arcllm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Copies lists that must not hold {@code null}, and says which element does.
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

	/** The parts of one kind, in their order. */
	static <T extends Content> List<T> only(List<Content> content, Class<T> type) {
		List<T> found = null;
		for (Content part : content) {
			if (type.isInstance(part)) {
				found = (found == null) ? new ArrayList<>(2) : found;
				found.add(type.cast(part));
			}
		}
		return (found == null) ? List.of() : Collections.unmodifiableList(found);
	}

}
