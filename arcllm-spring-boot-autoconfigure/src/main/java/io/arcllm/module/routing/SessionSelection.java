package io.arcllm.module.routing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;

/**
 * Keeps a conversation with one target by rendezvous hashing: the order of the targets is
 * that of their hashes with the session. A target that is not ready is passed over, and
 * so lends its sessions to the next. Keeps nothing, so that all replicas agree.
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

	/** The session, else what a conversation begins with: all its turns have that. */
	private static byte[] session(LlmRequest request) {
		String session = request.metadata().session();
		if (session != null) {
			return digest("s" + session);
		}
		StringBuilder beginning = new StringBuilder("b");
		for (Message message : request.messages()) {
			beginning.append(message.text()).append('\n');
			if (message.role() != Message.Role.SYSTEM) {
				break;
			}
		}
		return digest(beginning.toString());
	}

	private static long hash(byte[] session, Candidate candidate) {
		byte[] target = candidate.target().toString().getBytes(StandardCharsets.UTF_8);
		return ByteBuffer
			.wrap(sha256(ByteBuffer.allocate(session.length + target.length).put(session).put(target).array()))
			.getLong();
	}

	private static byte[] digest(String text) {
		return sha256(text.getBytes(StandardCharsets.UTF_8));
	}

	private static byte[] sha256(byte[] bytes) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(bytes);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JVM has SHA-256", ex);
		}
	}

}
