package io.arcllm.module.telemetry;

import java.util.Locale;

/**
 * Names that observations and meters share.
 */
final class ConventionNames {

	static final String CALL = "arcllm.call";

	static final String OPERATION_DURATION = "gen_ai.client.operation.duration";

	static final String TIME_TO_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk";

	static final String TOKEN_USAGE = "gen_ai.client.token.usage";

	static final String OPERATION_NAME = "gen_ai.operation.name";

	static final String CHAT = "chat";

	static final String PROVIDER_NAME = "gen_ai.provider.name";

	static final String REQUEST_MODEL = "gen_ai.request.model";

	static final String TOKEN_TYPE = "gen_ai.token.type";

	static final String ERROR_TYPE = "error.type";

	static final String OUTCOME = "arcllm.outcome";

	static final String ANSWERED_BY = "arcllm.answered.by";

	private ConventionNames() {
	}

	static String dashed(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
