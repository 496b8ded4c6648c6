package io.arcllm.sample.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmResponse;
import io.arcllm.ToolCall;
import io.arcllm.Usage;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Writes a streamed answer as OpenAI chat completion chunks. One for each answer; not
 * safe for use by several threads.
 */
final class ChatChunkWriter {

	private static final byte[] DONE = utf8("data: [DONE]\n\n");

	private final String id;

	private final long created;

	private final boolean includeUsage;

	private final byte[] end;

	private String model = "";

	private byte[] start = new byte[0];

	private boolean begun;

	private boolean textSent;

	private boolean thinkingSent;

	private boolean toolsSent;

	ChatChunkWriter(String id, long created, boolean includeUsage) {
		this.id = id;
		this.created = created;
		this.includeUsage = includeUsage;
		this.end = utf8(
				",\"logprobs\":null,\"finish_reason\":null}]" + (includeUsage ? ",\"usage\":null" : "") + "}\n\n");
	}

	/** Names the model in the chunks from now on. */
	void model(String model) {
		this.model = model;
		this.start = utf8(head(model) + "\"choices\":[{\"index\":0,\"delta\":");
	}

	/**
	 * The chunks that say this event.
	 * @throws LlmException if the event takes back what was sent: the protocol has no
	 * words for it
	 */
	byte[] write(LlmEvent event) {
		ByteArrayOutputStream out = new ByteArrayOutputStream(320);
		if (!this.begun) {
			this.begun = true;
			delta(out, utf8("{\"role\":\"assistant\",\"content\":\"\"}"));
		}
		event.accept(new Chunks(out));
		return out.toByteArray();
	}

	/**
	 * The chunks of one event.
	 */
	private final class Chunks implements LlmEvent.Visitor {

		private final ByteArrayOutputStream out;

		Chunks(ByteArrayOutputStream out) {
			this.out = out;
		}

		@Override
		public void text(LlmEvent.TextDelta delta) {
			ChatChunkWriter.this.text(this.out, delta.text());
		}

		@Override
		public void thinking(LlmEvent.ThinkingDelta delta) {
			ChatChunkWriter.this.thinking(this.out, delta.text());
		}

		@Override
		public void toolCall(LlmEvent.ToolCallDelta delta) {
			ChatChunkWriter.this.toolCall(this.out, delta);
		}

		@Override
		public void restarted(LlmEvent.Restarted restarted) {
			throw LlmException
				.of(ErrorKind.INTERRUPTED,
						"The answer broke off and began again elsewhere, which this protocol cannot say: "
								+ restarted.reason())
				.target(restarted.to())
				.build();
		}

		@Override
		public void completed(LlmEvent.Completed completed) {
			ChatChunkWriter.this.completed(this.out, completed.response());
		}

	}

	/** What a stream ends with when it fails after its first byte. */
	static byte[] error(Throwable failure) {
		byte[] body = GatewayErrors.of(failure).body();
		ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 16);
		out.writeBytes(utf8("data: "));
		out.writeBytes(body);
		out.writeBytes(utf8("\n\n"));
		return out.toByteArray();
	}

	private void text(ByteArrayOutputStream out, String text) {
		this.textSent = true;
		delta(out, utf8("{\"content\":\""), json(text), utf8("\"}"));
	}

	private void thinking(ByteArrayOutputStream out, String text) {
		this.thinkingSent = true;
		delta(out, utf8("{\"reasoning_content\":\""), json(text), utf8("\"}"));
	}

	private void toolCall(ByteArrayOutputStream out, LlmEvent.ToolCallDelta call) {
		this.toolsSent = true;
		String intro = "{\"tool_calls\":[{\"index\":" + call.index();
		if (call.id().isEmpty() && call.name().isEmpty()) {
			delta(out, utf8(intro + ",\"function\":{\"arguments\":\""), json(call.argumentsFragment()), utf8("\"}}]}"));
		}
		else {
			delta(out, utf8(intro + ",\"id\":\""), json(call.id()),
					utf8("\",\"type\":\"function\",\"function\":{\"name\":\""), json(call.name()),
					utf8("\",\"arguments\":\""), json(call.argumentsFragment()), utf8("\"}}]}"));
		}
	}

	private void completed(ByteArrayOutputStream out, LlmResponse response) {
		unsent(out, response);
		vendorFields(out, response);
		out.writeBytes(this.start);
		out.writeBytes(utf8("{},\"logprobs\":null,\"finish_reason\":\""));
		out.writeBytes(json(AnswerFields.finishReason(response)));
		out.writeBytes(utf8("\"}]" + (this.includeUsage ? ",\"usage\":null" : "") + "}\n\n"));
		if (this.includeUsage) {
			usage(out, response.usage());
		}
		out.writeBytes(DONE);
	}

	/** What the vendor wants back with the turn and its calls. */
	private void vendorFields(ByteArrayOutputStream out, LlmResponse response) {
		AnswerFields.vendorFields(response)
			.forEach((name, json) -> delta(out, utf8("{\"" + name + "\":" + json + "}")));
		List<ToolCall> calls = response.toolCalls();
		for (int i = 0; i < calls.size(); i++) {
			String extra = AnswerFields.extraContent(calls.get(i), response);
			if (extra != null) {
				delta(out, utf8("{\"tool_calls\":[{\"index\":" + i + ",\"extra_content\":" + extra + "}]}"));
			}
		}
	}

	/** A provider may answer a streamed call in one piece. */
	private void unsent(ByteArrayOutputStream out, LlmResponse response) {
		String thinking = response.thinkingText();
		if (!this.thinkingSent && !thinking.isEmpty()) {
			thinking(out, thinking);
		}
		if (!this.textSent && !response.text().isEmpty()) {
			text(out, response.text());
		}
		List<ToolCall> calls = this.toolsSent ? List.of() : response.toolCalls();
		for (int i = 0; i < calls.size(); i++) {
			ToolCall call = calls.get(i);
			toolCall(out, new LlmEvent.ToolCallDelta(i, call.id(), call.name(), AnswerFields.arguments(call)));
		}
	}

	private void usage(ByteArrayOutputStream out, Usage usage) {
		out.writeBytes(utf8("data: "));
		try (JsonGenerator json = Fields.MAPPER.createGenerator(out)) {
			json.writeStartObject();
			json.writeStringProperty("id", this.id);
			json.writeStringProperty("object", "chat.completion.chunk");
			json.writeNumberProperty("created", this.created);
			json.writeStringProperty("model", this.model);
			json.writeArrayPropertyStart("choices");
			json.writeEndArray();
			AnswerFields.usage(json, usage);
			json.writeEndObject();
		}
		out.writeBytes(utf8("\n\n"));
	}

	private void delta(ByteArrayOutputStream out, byte[]... parts) {
		out.writeBytes(this.start);
		for (byte[] part : parts) {
			out.writeBytes(part);
		}
		out.writeBytes(this.end);
	}

	private String head(String model) {
		return "data: {\"id\":\"" + this.id + "\",\"object\":\"chat.completion.chunk\",\"created\":" + this.created
				+ ",\"model\":\"" + new String(json(model), StandardCharsets.UTF_8) + "\",";
	}

	private static byte[] json(String text) {
		try {
			return JsonStringEncoder.getInstance().quoteAsUTF8(text);
		}
		catch (IllegalArgumentException ex) {
			StringBuilder json = new StringBuilder();
			JsonStringEncoder.getInstance().quoteAsString(text, json);
			return utf8(halved(json));
		}
	}

	/** Vendors split a character above 16 bits between two pieces; UTF-8 cannot. */
	private static String halved(StringBuilder json) {
		StringBuilder out = new StringBuilder();
		json.codePoints().forEach((one) -> {
			if (one >= Character.MIN_SURROGATE && one <= Character.MAX_SURROGATE) {
				out.append(String.format("\\u%04x", one));
			}
			else {
				out.appendCodePoint(one);
			}
		});
		return out.toString();
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
