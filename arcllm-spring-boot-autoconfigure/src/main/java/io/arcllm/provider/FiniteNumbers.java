package io.arcllm.provider;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * Writes numbers that JSON has, and refuses NaN and infinities: as texts, they would be
 * something else than was said.
 *
 * @param <N> the kind of number
 */
final class FiniteNumbers<N extends Number> extends ValueSerializer<N> {

	@Override
	public void serialize(N value, JsonGenerator json, SerializationContext context) {
		if (!Double.isFinite(value.doubleValue())) {
			throw new StreamWriteException(json, "JSON has no " + value);
		}
		if (value instanceof Float number) {
			json.writeNumber(number.floatValue());
		}
		else {
			json.writeNumber(value.doubleValue());
		}
	}

}
