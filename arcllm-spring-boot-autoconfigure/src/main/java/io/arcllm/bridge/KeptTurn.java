package io.arcllm.bridge;

import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.Message;
import io.arcllm.ToolCall;
import io.arcllm.provider.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Keeps parts that another library's message cannot have, such as signed thinking, in the
 * message's attributes, so that a tool loop sends them back to the vendor that needs
 * them.
 */
public final class KeptTurn {

	private static final String KEY = "arcllm.message";

	private KeptTurn() {
	}

	/** The attributes of a turn; empty if it has only text and tool calls. */
	public static Map<String, Object> of(Message turn) {
		return turn.content().stream().allMatch(KeptTurn::isPlain) ? Map.of() : Map.of(KEY, turn);
	}

	private static boolean isPlain(Content content) {
		return content instanceof Content.Text || (content instanceof ToolCall call && call.vendorData() == null);
	}

	/**
	 * The original turn; {@code null} if the application has changed it. A chat memory
	 * that is stored as JSON returns it as a map.
	 * @param attributes the attributes of the other library's message
	 * @param text the present text of the message
	 * @param callIds the present ids of its tool calls
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
