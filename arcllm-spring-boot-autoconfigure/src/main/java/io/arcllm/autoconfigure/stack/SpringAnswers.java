package io.arcllm.autoconfigure.stack;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.arcllm.module.cache.AnswerStore;
import io.arcllm.module.cache.CachedAnswer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.cache.Cache;

/**
 * Answers in a cache of the application's, as JSON, so that it may be anywhere. Asked on
 * threads that may block. A cache that fails has nothing, which is logged.
 */
public final class SpringAnswers implements AnswerStore {

	private static final Log logger = LogFactory.getLog(SpringAnswers.class);

	private final Cache cache;

	private final JsonMapper json = JsonMapper.builder().build();

	private final Executor threads = (task) -> Schedulers.boundedElastic().schedule(task);

	/**
	 * @param cache keeps them
	 */
	public SpringAnswers(Cache cache) {
		this.cache = cache;
	}

	@Override
	public CompletableFuture<@Nullable CachedAnswer> get(String key) {
		return CompletableFuture.supplyAsync(() -> read(key), this.threads);
	}

	private @Nullable CachedAnswer read(String key) {
		try {
			String kept = this.cache.get(key, String.class);
			return (kept == null) ? null : this.json.readValue(kept, CachedAnswer.class);
		}
		catch (RuntimeException ex) {
			logger.warn("The cache '" + this.cache.getName() + "' could not be read: " + ex);
			return null;
		}
	}

	@Override
	public void put(String key, CachedAnswer answer) {
		this.threads.execute(() -> change(() -> this.cache.put(key, this.json.writeValueAsString(answer))));
	}

	/** Keys say nothing of tenants: forgets all. */
	@Override
	public void forget(@Nullable String tenant) {
		change(this.cache::clear);
	}

	private void change(Runnable change) {
		try {
			change.run();
		}
		catch (RuntimeException ex) {
			logger.warn("The cache '" + this.cache.getName() + "' could not be written: " + ex);
		}
	}

}
