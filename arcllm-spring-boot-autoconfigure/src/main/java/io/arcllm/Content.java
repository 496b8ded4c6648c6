package io.arcllm;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * A part of a message. If a vendor cannot take it, that is {@link ErrorKind#UNSUPPORTED},
 * and the next target is asked; if no vendor can, {@link ErrorKind#INVALID_REQUEST}. Both
 * are found before anything is sent. Nothing is dropped silently.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.EXISTING_PROPERTY, property = "type")
@JsonSubTypes({ @Type(name = "text", value = Content.Text.class), @Type(name = "image", value = Content.Image.class),
		@Type(name = "document", value = Content.Document.class),
		@Type(name = "thinking", value = Content.Thinking.class),
		@Type(name = "tool_result", value = Content.ToolResult.class),
		@Type(name = "opaque", value = Content.Opaque.class), @Type(name = "tool_use", value = ToolCall.class) })
public sealed interface Content permits Content.Text, Content.Image, Content.Document, Content.Thinking,
		Content.ToolResult, Content.Opaque, ToolCall {

	/**
	 * The kind of part, such as {@code text}; tells the kinds apart in JSON.
	 */
	@JsonProperty("type")
	String type();

	/**
	 * The same part, marked as the end of a prompt that is worth keeping in the vendor's
	 * cache. For vendors without such marks it is left out. Thinking and opaque blocks
	 * cannot be marked and stay as they are.
	 */
	default Content cacheable() {
		return this;
	}

	/**
	 * Whether the prompt up to here is worth keeping in the vendor's cache.
	 */
	@JsonIgnore
	default boolean isCacheable() {
		return false;
	}

	/**
	 * Whether only another provider understands this: thinking and opaque blocks are
	 * given back unchanged to the provider that made them, and left out for every other.
	 * Blocks of an unknown provider are foreign to no provider.
	 */
	default boolean isForeignTo(String provider) {
		return false;
	}

	/**
	 * Words.
	 *
	 * @param text the words
	 * @param isCacheable whether the prompt up to here is worth keeping in the vendor's
	 * cache
	 */
	record Text(@AbsentIsEmpty String text, @CacheMark boolean isCacheable) implements Content {

		public Text {
			Objects.requireNonNull(text, "text");
		}

		public Text(String text) {
			this(text, false);
		}

		@Override
		public String type() {
			return "text";
		}

		@Override
		public Text cacheable() {
			return new Text(this.text, true);
		}

	}

	/**
	 * A picture.
	 *
	 * @param source where it is
	 * @param isCacheable whether the prompt up to here is worth keeping in the vendor's
	 * cache
	 */
	record Image(Source source, @CacheMark boolean isCacheable) implements Content {

		public Image {
			Objects.requireNonNull(source, "source");
		}

		public Image(Source source) {
			this(source, false);
		}

		@Override
		public String type() {
			return "image";
		}

		@Override
		public Image cacheable() {
			return new Image(this.source, true);
		}

		/** A picture given as bytes. */
		public static Image of(String mediaType, byte[] data) {
			return new Image(new Bytes(mediaType, data));
		}

		/** A picture that the vendor fetches. */
		public static Image of(URI url) {
			return new Image(new Link(url));
		}

	}

	/**
	 * A document such as a PDF.
	 *
	 * @param source where it is
	 * @param name its file name, or empty
	 * @param isCacheable whether the prompt up to here is worth keeping in the vendor's
	 * cache
	 */
	record Document(Source source, @AbsentIsEmpty String name, @CacheMark boolean isCacheable) implements Content {

		public Document {
			Objects.requireNonNull(source, "source");
			Objects.requireNonNull(name, "name");
		}

		public Document(Source source, String name) {
			this(source, name, false);
		}

		@Override
		public String type() {
			return "document";
		}

		@Override
		public Document cacheable() {
			return new Document(this.source, this.name, true);
		}

		/** A document given as bytes. */
		public static Document of(String mediaType, byte[] data, String name) {
			return new Document(new Bytes(mediaType, data), name);
		}

		/** A document that the vendor fetches. */
		public static Document of(URI url) {
			return new Document(new Link(url), "");
		}

	}

	/**
	 * The model's thinking. It is sent back to the provider that made it, and left out
	 * for others.
	 *
	 * @param text the words; empty where the vendor hides them
	 * @param signature the vendor's proof, to be sent back unchanged
	 * @param redacted the hidden thinking as the vendor encrypted it, to be sent back
	 * unchanged
	 * @param provider the provider that made it; it is not sent to others
	 */
	record Thinking(@AbsentIsEmpty String text, @Nullable String signature, @Nullable String redacted,
			@Nullable String provider) implements Content {

		@Override
		public String type() {
			return "thinking";
		}

		@Override
		public boolean isForeignTo(String provider) {
			return this.provider != null && !this.provider.equals(provider);
		}

	}

	/**
	 * A block that only its vendor understands, such as the search that a vendor's own
	 * tool made. Kept as it came, given back unchanged to the provider that made it, and
	 * left out for every other.
	 *
	 * @param json an object in the vendor's own words
	 * @param provider the provider that made it; empty where that is not known, as of
	 * turns that come through a gateway: then it goes to vendors that have such blocks
	 */
	record Opaque(String json, String provider) implements Content {

		public Opaque {
			Objects.requireNonNull(json, "json");
			Objects.requireNonNull(provider, "provider");
		}

		@Override
		public String type() {
			return "opaque";
		}

		@Override
		public boolean isForeignTo(String provider) {
			return !this.provider.isEmpty() && !this.provider.equals(provider);
		}

	}

	/**
	 * The result of a tool.
	 *
	 * @param toolCallId which call it answers
	 * @param content the result
	 * @param isError whether the tool failed
	 * @param isCacheable whether the prompt up to here is worth keeping in the vendor's
	 * cache
	 */
	record ToolResult(String toolCallId, @AbsentIsEmpty List<Content> content,
			@JsonProperty("isError") @AbsentIsEmpty boolean isError,
			@CacheMark boolean isCacheable) implements Content {

		public ToolResult {
			Objects.requireNonNull(toolCallId, "toolCallId");
			content = Copies.of(content, "content");
		}

		public ToolResult(String toolCallId, List<Content> content, boolean isError) {
			this(toolCallId, content, isError, false);
		}

		@Override
		public String type() {
			return "tool_result";
		}

		@Override
		public ToolResult cacheable() {
			return new ToolResult(this.toolCallId, this.content, this.isError, true);
		}

		/** A result in words. */
		public static ToolResult of(String toolCallId, String text) {
			return new ToolResult(toolCallId, List.of(new Text(text)), false);
		}

		/** A failure in words. */
		public static ToolResult error(String toolCallId, String text) {
			return new ToolResult(toolCallId, List.of(new Text(text)), true);
		}

	}

	/**
	 * Where a picture or document is.
	 */
	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.EXISTING_PROPERTY, property = "type")
	@JsonSubTypes({ @Type(name = "bytes", value = Bytes.class), @Type(name = "link", value = Link.class) })
	sealed interface Source {

		/**
		 * The kind of source, {@code bytes} or {@code link}; tells the kinds apart in
		 * JSON.
		 */
		@JsonProperty("type")
		String type();

	}

	/**
	 * Given as bytes, which are compared by their values. The array must not be changed.
	 *
	 * @param mediaType such as {@code image/png}
	 * @param data the bytes themselves
	 */
	record Bytes(String mediaType, byte[] data) implements Source {

		public Bytes {
			Objects.requireNonNull(mediaType, "mediaType");
			Objects.requireNonNull(data, "data");
		}

		@Override
		public String type() {
			return "bytes";
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Bytes bytes && this.mediaType.equals(bytes.mediaType)
					&& Arrays.equals(this.data, bytes.data);
		}

		@Override
		public int hashCode() {
			return 31 * this.mediaType.hashCode() + Arrays.hashCode(this.data);
		}

		@Override
		public String toString() {
			return "Bytes[" + this.mediaType + ", " + this.data.length + " bytes]";
		}

	}

	/**
	 * To be fetched by the vendor.
	 */
	record Link(URI url) implements Source {

		public Link {
			Objects.requireNonNull(url, "url");
		}

		@Override
		public String type() {
			return "link";
		}

	}

}
