package io.arcllm.sample.gateway;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.arcllm.LlmRequest;
import io.arcllm.RequestMetadata;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Reads session and labels of a request to the gateway. The tenant comes only from the
 * key.
 */
final class CallerMetadata {

	private static final String SESSION = "x-arcllm-session";

	private static final String LABEL = "x-arcllm-label-";

	private static final int LONGEST = 200;

	private static final int MOST_LABELS = 20;

	private CallerMetadata() {
	}

	/**
	 * The request with its session (of the header, else of {@code metadata.session} in
	 * the body, else {@code prompt_cache_key}) and its labels.
	 * @throws InvalidChatException if one is too long, or there are too many
	 */
	static ChatRequest add(ChatRequest chat, HttpHeaders headers) {
		Map<String, String> labels = new LinkedHashMap<>();
		headers.forEach((name, values) -> {
			String label = name.toLowerCase(Locale.ROOT);
			if (label.startsWith(LABEL) && label.length() > LABEL.length() && !values.isEmpty()) {
				labels.put(checked(label.substring(LABEL.length()), name), checked(values.get(0), name));
			}
		});
		if (labels.size() > MOST_LABELS) {
			throw new InvalidChatException("At most " + MOST_LABELS + " headers " + LABEL + "… are taken.", null);
		}
		String header = headers.getFirst(SESSION);
		String session = (header != null && !header.isBlank()) ? checked(header, SESSION) : session(chat.request());
		if (session == null && labels.isEmpty()) {
			return chat;
		}
		LlmRequest request = chat.request().mutate().metadata(new RequestMetadata(null, session, labels)).build();
		return new ChatRequest(chat.model(), request, chat.includeUsage());
	}

	private static @Nullable String session(LlmRequest request) {
		Object metadata = request.options().get("metadata");
		Object session = (metadata instanceof Map<?, ?> map) ? map.get("session") : null;
		Object found = (session instanceof String) ? session : request.options().get("prompt_cache_key");
		return (found instanceof String text && !text.isBlank() && text.length() <= LONGEST) ? text : null;
	}

	private static String checked(String value, String header) {
		if (value.length() > LONGEST) {
			throw new InvalidChatException("The header '" + header + "' is longer than " + LONGEST + " characters.",
					null);
		}
		return value;
	}

}
