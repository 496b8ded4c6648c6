package io.arcllm.module.telemetry;

import java.util.Locale;

/**
 * Names that observations and meters share.
 */
final class ConventionNames {

	static final String CALL = "arcllm.call";

	static final String OPERATION_DURATION = "gen_ai.client.inference.duration";

	static final String TIME_TO_FIRST_CHUNK = "gen_ai.client.inference.time_to_first_chunk";

	/** Prefix of the counters of tokens, by kind. */
	static final String TOKENS_SPENT = "gen_ai.client.inference.usage.";

	/** Prefix of the summaries of tokens of single answers, by kind. */
	static final String TOKENS_OF_ANSWERS = "gen_ai.client.inference.operation.";

	/** The name of the provider in the configuration. */
	static final String OWN_PROVIDER = "arcllm.provider";

	static final String SERVER_ADDRESS = "server.address";

	static final String SERVER_PORT = "server.port";

	static final String OPERATION_NAME = "gen_ai.operation.name";

	static final String CHAT = "chat";

	static final String PROVIDER_NAME = "gen_ai.provider.name";

	static final String REQUEST_MODEL = "gen_ai.request.model";

	/**
	 * Required by the convention for counters of tokens; vendors do not report it for all
	 * tokens.
	 */
	static final String TOKEN_MODALITY = "gen_ai.token.modality";

	static final String FINISH_REASONS = "gen_ai.response.finish_reasons";

	static final String ERROR_TYPE = "error.type";

	static final String OUTCOME = "arcllm.outcome";

	static final String ANSWERED_BY = "arcllm.answered.by";

	private ConventionNames() {
	}

	static String dashed(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
