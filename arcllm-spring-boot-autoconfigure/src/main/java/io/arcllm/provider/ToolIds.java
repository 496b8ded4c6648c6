package io.arcllm.provider;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The form of ids of tool calls that a vendor accepts. An id in another form is
 * translated, always in the same way; the conversation itself keeps the original id.
 */
public enum ToolIds {

	/** Exactly nine letters and digits. */
	OF_9(Alphabet.LETTERS_AND_DIGITS, 9),

	/** At most forty characters. */
	UP_TO_40(Alphabet.ANY, 40),

	/** Letters, digits, {@code _} and {@code -}. */
	WORD(Alphabet.WORD, Integer.MAX_VALUE),

	/** At most forty letters, digits, {@code _} and {@code -}. */
	WORD_UP_TO_40(Alphabet.WORD, 40);

	/** The length of a translated id, if the form allows it. */
	private static final int LENGTH = 32;

	private static final char[] ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		.toCharArray();

	private final Alphabet alphabet;

	private final int most;

	ToolIds(Alphabet alphabet, int most) {
		this.alphabet = alphabet;
		this.most = most;
	}

	/**
	 * The characters that an id may have.
	 */
	private enum Alphabet {

		ANY, LETTERS_AND_DIGITS, WORD;

		boolean has(char c) {
			boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
			return plain || this == ANY || (this == WORD && (c == '_' || c == '-'));
		}

	}

	/**
	 * The form that fits both, such as those of a model and of the vendor that hosts it.
	 * @param other {@code null} for any
	 */
	public static @Nullable ToolIds both(@Nullable ToolIds one, @Nullable ToolIds other) {
		if (one == null || other == null || one == other) {
			return (one != null) ? one : other;
		}
		return (one == OF_9 || other == OF_9) ? OF_9 : WORD_UP_TO_40;
	}

	/** Whether the id is in this form. */
	public boolean takes(String id) {
		int length = id.length();
		if (length < ((this == OF_9) ? this.most : 1) || length > this.most) {
			return false;
		}
		for (int i = 0; this.alphabet != Alphabet.ANY && i < length; i++) {
			if (!this.alphabet.has(id.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	/** The id in this form. */
	public String translate(String id) {
		if (takes(id)) {
			return id;
		}
		byte[] digest = sha256(id);
		int length = Math.min(this.most, LENGTH);
		StringBuilder translated = new StringBuilder(length);
		for (int i = 0; i < length; i++) {
			translated.append(ALPHABET[(digest[i] & 0xff) % ALPHABET.length]);
		}
		return translated.toString();
	}

	String word() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static byte[] sha256(String id) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
