package io.arcllm.autoconfigure.module;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.arcllm.module.ModuleClock;
import io.arcllm.module.Reachability;
import io.arcllm.module.cache.AnswerStore;
import io.arcllm.module.cache.CachedAnswer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.cache.Cache;

/**
 * Answers in a cache of the application, as JSON, so that any cache can store them. The
 * cache is called on threads that may block. If it fails or takes too long, it counts as
 * empty, which is logged, and it is tried again a second later.
 */
public final class SpringAnswers implements AnswerStore {

	private static final Log logger = LogFactory.getLog(SpringAnswers.class);

	/** The longest wait for the cache. */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final Cache cache;

	private final Reachability reachability = new Reachability();

	private final Clock clock = new ModuleClock();

	private final JsonMapper json = JsonMapper.builder().build();

	private final Executor threads = (task) -> Schedulers.boundedElastic().schedule(task);

	/**
	 * @param cache keeps the answers
	 */
	public SpringAnswers(Cache cache) {
		this.cache = cache;
	}

	@Override
	public CompletableFuture<@Nullable CachedAnswer> get(String key) {
		if (!this.reachability.mayAsk()) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<@Nullable CachedAnswer> asked = CompletableFuture.supplyAsync(() -> read(key), this.threads);
		return asked.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).exceptionally((failure) -> {
			away("read", failure);
			return null;
		});
	}

	private @Nullable CachedAnswer read(String key) {
		String kept = this.cache.get(key, String.class);
		CachedAnswer answer = (kept == null) ? null : parsed(kept);
		boolean forgotten = answer != null && isForgotten(answer);
		back();
		return forgotten ? null : answer;
	}

	/** Ignores an entry of another version. */
	private @Nullable CachedAnswer parsed(String kept) {
		try {
			return this.json.readValue(kept, CachedAnswer.class);
		}
		catch (JacksonException ex) {
			logger.warn("An entry of the cache '" + this.cache.getName() + "' is no answer: " + ex.getClass());
			return null;
		}
	}

	@Override
	public void put(String key, CachedAnswer answer) {
		if (!this.reachability.isAway()) {
			this.threads.execute(() -> change(() -> this.cache.put(key, this.json.writeValueAsString(answer))));
		}
	}

	/**
	 * If the cache cannot be searched, a mark is kept in it instead, and no replica uses
	 * older answers of the tenant.
	 */
	@Override
	public OptionalLong forget(@Nullable String tenant) {
		Map<?, ?> kept = kept();
		if (tenant != null && kept != null) {
			return OptionalLong.of(forget(tenant, kept));
		}
		OptionalLong known = (kept == null) ? OptionalLong.empty() : OptionalLong.of(kept.size());
		change((tenant == null) ? this.cache::clear
				: () -> this.cache.put(mark(tenant), Long.toString(this.clock.millis())));
		return known;
	}

	/** All entries, if the cache can be searched. */
	private @Nullable Map<?, ?> kept() {
		Object kept = this.cache.getNativeCache();
		if (kept instanceof com.github.benmanes.caffeine.cache.Cache<?, ?> caffeine) {
			return caffeine.asMap();
		}
		return (kept instanceof Map<?, ?> map) ? map : null;
	}

	private long forget(String tenant, Map<?, ?> kept) {
		long forgotten = 0;
		for (Object key : List.copyOf(kept.keySet())) {
			String value = this.cache.get(key, String.class);
			CachedAnswer answer = (value == null) ? null : parsed(value);
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

	private void away(String what, Throwable failure) {
		if (this.reachability.lost()) {
			logger.warn("The cache '" + this.cache.getName() + "' could not be " + what
					+ "; calls go on without it until it is back: " + failure);
		}
	}

	private void back() {
		if (this.reachability.found()) {
			logger.info("The cache '" + this.cache.getName() + "' is back");
		}
	}

	private static String mark(String tenant) {
		return "forgotten:" + tenant;
	}

	private void change(Runnable change) {
		try {
			change.run();
		}
		catch (RuntimeException ex) {
			away("written", ex);
		}
	}

}
