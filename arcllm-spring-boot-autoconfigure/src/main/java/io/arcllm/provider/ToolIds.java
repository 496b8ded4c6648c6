package io.arcllm.provider;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The form in which a vendor takes the ids of tool calls. An id in another form is
 * translated, the same one in the same way each time; the conversation itself keeps the
 * id that the call was made with.
 */
public enum ToolIds {

	/** Exactly nine letters and digits. */
	NINE_CHARACTERS("[a-zA-Z0-9]{9}", 9),

	/** At most forty characters. */
	UP_TO_40("(?s).{1,40}", 40),

	/** Letters, digits, {@code _} and {@code -}. */
	WORD("[a-zA-Z0-9_-]+", 32);

	private static final char[] ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		.toCharArray();

	private final Pattern form;

	private final int length;

	ToolIds(String form, int length) {
		this.form = Pattern.compile(form);
		this.length = length;
	}

	/** Whether this vendor takes the id as it is. */
	public boolean takes(String id) {
		return this.form.matcher(id).matches();
	}

	/** The id in this form. */
	public String translate(String id) {
		if (takes(id)) {
			return id;
		}
		byte[] digest = sha256(id);
		StringBuilder translated = new StringBuilder(this.length);
		for (int i = 0; i < Math.min(this.length, digest.length); i++) {
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
