package io.arcllm.module.cache;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.arcllm.Content;
import io.arcllm.ToolCall;
import io.arcllm.module.ModuleClock;
import org.jspecify.annotations.Nullable;

/**
 * Answers in this process, bounded by their weight in bytes. An answer weighs at least
 * its share of all entries, which bounds the number of answers, too. Safe for use by many
 * threads.
 */
public final class MemoryAnswers implements AnswerStore {

	private static final int BYTES_A_CHARACTER = 2;

	private static final int OVERHEAD = 500;

	private final Cache<String, CachedAnswer> answers;

	/**
	 * @param maxEntries the largest number of answers
	 * @param maxBytes the approximate memory for all of them, in bytes
	 */
	public MemoryAnswers(int maxEntries, long maxBytes) {
		// rounded up, so that the number is never exceeded
		long share = Math.max(1, (maxBytes + maxEntries - 1) / maxEntries);
		this.answers = Caffeine.newBuilder()
			.maximumWeight(share * maxEntries)
			.weigher((String key,
					CachedAnswer answer) -> (int) Math.min(Integer.MAX_VALUE, Math.max(share, weight(answer))))
			.expireAfter(Expiry.writing((String key, CachedAnswer answer) -> Duration.ofMillis(answer.keptFor())))
			.ticker(ModuleClock::nanos)
			.executor(Runnable::run)
			.build();
	}

	private static long weight(CachedAnswer answer) {
		long characters = 0;
		for (Content part : answer.answer().content()) {
			characters += OVERHEAD / BYTES_A_CHARACTER + characters(part);
		}
		return OVERHEAD + characters * BYTES_A_CHARACTER;
	}

	private static long characters(Content part) {
		if (part instanceof Content.Text text) {
			return text.text().length();
		}
		if (part instanceof Content.Thinking thinking) {
			return thinking.text().length() + length(thinking.signature()) + length(thinking.redacted());
		}
		if (part instanceof Content.Opaque opaque) {
			return opaque.json().length();
		}
		// arguments are kept raw and parsed
		return (part instanceof ToolCall call) ? 3L * call.rawArguments().length() : 0;
	}

	private static long length(@Nullable String text) {
		return (text == null) ? 0 : text.length();
	}

	@Override
	public CompletableFuture<@Nullable CachedAnswer> get(String key) {
		return CompletableFuture.completedFuture(this.answers.getIfPresent(key));
	}

	@Override
	public void put(String key, CachedAnswer answer) {
		this.answers.put(key, answer);
	}

	@Override
	public OptionalLong forget(@Nullable String tenant) {
		long forgotten = 0;
		for (Map.Entry<String, CachedAnswer> kept : this.answers.asMap().entrySet()) {
			boolean meant = tenant == null || tenant.equals(kept.getValue().tenant());
			if (meant && this.answers.asMap().remove(kept.getKey()) != null) {
				forgotten++;
			}
		}
		return OptionalLong.of(forgotten);
	}

	@Override
	public OptionalLong entries() {
		this.answers.cleanUp();
		return OptionalLong.of(this.answers.estimatedSize());
	}

}
