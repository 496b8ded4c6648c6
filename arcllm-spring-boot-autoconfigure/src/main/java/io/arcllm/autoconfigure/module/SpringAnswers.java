package io.arcllm.autoconfigure.module;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.arcllm.module.ModuleClock;
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

	private final Clock clock = new ModuleClock();

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
			CachedAnswer answer = (kept == null) ? null : this.json.readValue(kept, CachedAnswer.class);
			return (answer == null || isForgotten(answer)) ? null : answer;
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

	/**
	 * What cannot be looked through keeps a mark instead, in the cache itself: all
	 * replicas take no answer of the tenant that is older.
	 */
	@Override
	public OptionalLong forget(@Nullable String tenant) {
		if (tenant != null && this.cache.getNativeCache() instanceof Map<?, ?> kept) {
			return OptionalLong.of(forget(tenant, kept));
		}
		OptionalLong known = (this.cache.getNativeCache() instanceof Map<?, ?> kept) ? OptionalLong.of(kept.size())
				: OptionalLong.empty();
		change((tenant == null) ? this.cache::clear
				: () -> this.cache.put(mark(tenant), Long.toString(this.clock.millis())));
		return known;
	}

	private long forget(String tenant, Map<?, ?> kept) {
		long forgotten = 0;
		for (Object key : List.copyOf(kept.keySet())) {
			CachedAnswer answer = read(key.toString());
			if (answer != null && tenant.equals(answer.tenant())) {
				change(() -> this.cache.evict(key));
				forgotten++;
			}
		}
		return forgotten;
	}

	private boolean isForgotten(CachedAnswer answer) {
		String mark = (answer.tenant() == null) ? null : this.cache.get(mark(answer.tenant()), String.class);
		return mark != null && answer.keptAt() <= Long.parseLong(mark);
	}

	private static String mark(String tenant) {
		return "forgotten:" + tenant;
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
