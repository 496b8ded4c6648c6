package io.arcllm.autoconfigure;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.module.CacheFactory;
import io.arcllm.autoconfigure.module.SpringAnswers;
import io.arcllm.autoconfigure.stack.Targets;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.cache.AnswerStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

/**
 * The cache, where Caffeine is on the class path.
 */
@AutoConfiguration(before = ArcllmAutoConfiguration.class, after = ArcllmPropertiesAutoConfiguration.class)
@ConditionalOnClass(Caffeine.class)
public final class ArcllmCacheAutoConfiguration {

	/** The name of the cache in the application's cache manager. */
	private static final String CACHE = "arcllm";

	@Bean
	CacheFactory arcllmCache(ModuleSettings settings, Targets targets, ObjectProvider<CacheManager> managers) {
		return new CacheFactory(settings, targets, new ModuleClock(),
				SingletonSupplier.ofNullable(() -> spring(manager(managers))));
	}

	/** Of several managers without a primary one, the one that has the cache. */
	private static @Nullable CacheManager manager(ObjectProvider<CacheManager> managers) {
		CacheManager only = managers.getIfUnique();
		return (only != null) ? only
				: managers.orderedStream()
					.filter((manager) -> manager.getCacheNames().contains(CACHE))
					.findFirst()
					.orElse(null);
	}

	private static @Nullable AnswerStore spring(@Nullable CacheManager manager) {
		Cache cache = (manager == null) ? null : manager.getCache(CACHE);
		return (cache == null) ? null : new SpringAnswers(cache);
	}

}
