package io.arcllm.provider;

import java.lang.reflect.Array;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * Writes arrays of numbers one by one, so that each must be {@linkplain FiniteNumbers one
 * that JSON has}.
 *
 * @param <A> the kind of array
 */
final class FiniteArrays<A> extends ValueSerializer<A> {

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
