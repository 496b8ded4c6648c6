package io.arcllm.bridge.langchain4j;

import java.util.Objects;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import io.arcllm.Cost;
import io.arcllm.Target;
import io.arcllm.Trail;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's metadata of an answer, with the attempts of the call.
 */
public final class ArcllmChatResponseMetadata extends ChatResponseMetadata {

	private final Trail trail;

	private final @Nullable Target target;

	private final @Nullable Cost cost;

	private ArcllmChatResponseMetadata(Builder builder) {
		super(builder);
		this.trail = builder.trail;
		this.target = builder.target;
		this.cost = builder.cost;
	}

	/**
	 * Starts empty metadata.
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * The attempts of the call.
	 */
	public Trail trail() {
		return this.trail;
	}

	/**
	 * The provider and model that answered.
	 */
	public @Nullable Target target() {
		return this.target;
	}

	/**
	 * What the call cost, where prices are known.
	 */
	public @Nullable Cost cost() {
		return this.cost;
	}

	@Override
	public Builder toBuilder() {
		return ((Builder) toBuilder(builder())).trail(this.trail).target(this.target).cost(this.cost);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return super.equals(other) && other instanceof ArcllmChatResponseMetadata that && this.trail.equals(that.trail)
				&& Objects.equals(this.target, that.target) && Objects.equals(this.cost, that.cost);
	}

	@Override
	public int hashCode() {
		return Objects.hash(super.hashCode(), this.trail, this.target, this.cost);
	}

	/**
	 * Builds metadata. Not safe for use by several threads.
	 */
	public static final class Builder extends ChatResponseMetadata.Builder<Builder> {

		private Trail trail = Trail.EMPTY;

		private @Nullable Target target;

		private @Nullable Cost cost;

		private Builder() {
		}

		Builder trail(Trail trail) {
			this.trail = trail;
			return this;
		}

		Builder target(@Nullable Target target) {
			this.target = target;
			return this;
		}

		Builder cost(@Nullable Cost cost) {
			this.cost = cost;
			return this;
		}

		@Override
		public ArcllmChatResponseMetadata build() {
			return new ArcllmChatResponseMetadata(this);
		}

	}

}
