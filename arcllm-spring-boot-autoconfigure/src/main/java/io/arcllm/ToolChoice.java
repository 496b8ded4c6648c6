package io.arcllm;

import org.jspecify.annotations.Nullable;

/**
 * Whether the model must call a tool.
 *
 * @param mode how free it is
 * @param tool the tool's name, for {@link Mode#TOOL}
 */
public record ToolChoice(Mode mode, @Nullable String tool) {

	/** The model decides. */
	public static final ToolChoice AUTO = new ToolChoice(Mode.AUTO, null);

	/** It must not call any. */
	public static final ToolChoice NONE = new ToolChoice(Mode.NONE, null);

	/** It must call one. */
	public static final ToolChoice REQUIRED = new ToolChoice(Mode.REQUIRED, null);

	/**
	 * How free the model is.
	 */
	public enum Mode {

		/** The model decides. */
		AUTO,

		/** It must not call any. */
		NONE,

		/** It must call one. */
		REQUIRED,

		/** It must call this one. */
		TOOL

	}

	public ToolChoice {
		if ((mode == Mode.TOOL) != (tool != null)) {
			throw new IllegalArgumentException("A tool's name belongs to mode TOOL, and to it alone");
		}
	}

	/** It must call this one. */
	public static ToolChoice tool(String name) {
		return new ToolChoice(Mode.TOOL, name);
	}

}
