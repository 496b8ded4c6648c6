package io.arcllm.provider.json;

import java.lang.reflect.Array;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * Writes numbers, and refuses NaN and infinities, which JSON could only have as text.
 *
 * @param <N> the kind of number
 */
final class FiniteNumbers<N extends Number> extends ValueSerializer<N> {

	static final String NO_NUMBER = "JSON has no number for ";

	@Override
	public void serialize(N value, JsonGenerator json, SerializationContext context) {
		if (!Double.isFinite(value.doubleValue())) {
			throw new StreamWriteException(json, NO_NUMBER + value);
		}
		if (value instanceof Float number) {
			json.writeNumber(number.floatValue());
		}
		else {
			json.writeNumber(value.doubleValue());
		}
	}

	/**
	 * Writes arrays of numbers one by one, so that each is checked by
	 * {@link FiniteNumbers}.
	 *
	 * @param <A> the kind of array
	 */
	static final class FiniteArrays<A> extends ValueSerializer<A> {

		@Override
		public boolean isEmpty(SerializationContext context, A array) {
			return Array.getLength(array) == 0;
		}

		@Override
		public void serialize(A array, JsonGenerator json, SerializationContext context) {
			json.writeStartArray();
			for (int i = 0; i < Array.getLength(array); i++) {
				context.writeValue(json, Array.get(array, i));
			}
			json.writeEndArray();
		}

	}

}
