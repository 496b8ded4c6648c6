package io.arcllm.module.routing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;

/**
 * Keeps a conversation with one target by rendezvous hashing: the order of the targets is
 * that of their hashes with the session. While a target is not ready it is passed over,
 * and the next one gets its sessions. Nothing is stored, so all replicas agree.
 */
public final class SessionSelection implements Selection {

	@Override
	public List<Candidate> order(List<Candidate> chain, LlmRequest request) {
		byte[] session = session(request);
		Map<Candidate, Long> hashes = new HashMap<>();
		chain.forEach((candidate) -> hashes.put(candidate, hash(session, candidate)));
		Comparator<Candidate> byHash = (one, other) -> Long.compareUnsigned(hashes.getOrDefault(other, 0L),
				hashes.getOrDefault(one, 0L));
		return chain.stream().sorted(byHash).toList();
	}

	/**
	 * The session, else the beginning of the conversation, which all its turns have in
	 * common.
	 */
	private static byte[] session(LlmRequest request) {
		String session = request.metadata().session();
		if (session != null && !session.isBlank()) {
			return sha256().digest(bytes("s" + session));
		}
		MessageDigest beginning = sha256();
		beginning.update(bytes("b"));
		for (Message message : request.messages()) {
			message.content().forEach((content) -> add(beginning, content));
			beginning.update((byte) '\n');
			if (message.role() != Message.Role.SYSTEM) {
				break;
			}
		}
		return beginning.digest();
	}

	/** The content without marks for a vendor's cache, which may change between turns. */
	private static void add(MessageDigest beginning, Content content) {
		if (content instanceof Content.Text text) {
			beginning.update(bytes(text.text()));
		}
		else if (content instanceof Content.Image image) {
			add(beginning, image.source());
		}
		else if (content instanceof Content.Document document) {
			beginning.update(bytes(document.name()));
			add(beginning, document.source());
		}
		else if (content instanceof Content.ToolResult result) {
			result.content().forEach((part) -> add(beginning, part));
		}
	}

	private static void add(MessageDigest beginning, Content.Source source) {
		if (source instanceof Content.Bytes given) {
			beginning.update(bytes(given.mediaType()));
			beginning.update(given.data());
		}
		else if (source instanceof Content.Link link) {
			beginning.update(bytes(link.url().toString()));
		}
	}

	private static long hash(byte[] session, Candidate candidate) {
		MessageDigest hash = sha256();
		hash.update(session);
		return ByteBuffer.wrap(hash.digest(bytes(candidate.target().toString()))).getLong();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JVM has SHA-256", ex);
		}
	}

}
