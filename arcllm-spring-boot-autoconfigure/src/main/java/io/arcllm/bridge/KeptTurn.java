package io.arcllm.bridge;

import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what another library's message has no place for, such as signed thinking, among
 * its attributes, so that a tool loop gives it back to the vendor that wants it.
 */
public final class KeptTurn {

	private static final String KEY = "arcllm.message";

	private KeptTurn() {
	}

	/** The attributes of a turn: empty where text and calls are all there is. */
	public static Map<String, Object> of(Message turn) {
		return turn.content().stream().allMatch(KeptTurn::isPlain) ? Map.of() : Map.of(KEY, turn);
	}

	private static boolean isPlain(Content content) {
		return content instanceof Content.Text || (content instanceof ToolCall call && call.vendorData() == null);
	}

	/**
	 * The turn as it was, unless the application has changed it since. A memory that is
	 * kept as JSON brings it as a map.
	 * @param attributes of the other library's message
	 * @param text its text now
	 * @param callIds the ids of its calls of tools now
	 */
	public static @Nullable Message in(Map<String, ?> attributes, @Nullable String text, List<String> callIds) {
		Object kept = attributes.get(KEY);
		Message turn = (kept instanceof Map<?, ?> map) ? Json.convert(map, Message.class)
				: (kept instanceof Message message) ? message : null;
		boolean unchanged = turn != null && turn.text().equals((text != null) ? text : "")
				&& callIds(turn).equals(callIds);
		return unchanged ? turn : null;
	}

	private static List<String> callIds(Message message) {
		return message.content()
			.stream()
			.filter(ToolCall.class::isInstance)
			.map((call) -> ((ToolCall) call).id())
			.toList();
	}

}
