package io.arcllm.test.context;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Removes settings that would misdirect requests to fake vendors, such as a provider's
 * proxy.
 */
final class UnusedConnectionSettings {

	private static final Pattern KEY = Pattern.compile("arcllmproviders.*http(?:proxy(?:host|port|username|password))");

	private UnusedConnectionSettings() {
	}

	static void remove(MutablePropertySources sources) {
		for (PropertySource<?> source : List.copyOf(sources.stream().toList())) {
			if (source instanceof MapPropertySource map
					&& map.getSource().keySet().stream().anyMatch(UnusedConnectionSettings::isUnused)) {
				sources.replace(source.getName(), without(map));
			}
		}
	}

	private static MapPropertySource without(MapPropertySource source) {
		Map<String, Object> kept = new LinkedHashMap<>(source.getSource());
		kept.keySet().removeIf(UnusedConnectionSettings::isUnused);
		return (source instanceof SystemEnvironmentPropertySource)
				? new SystemEnvironmentPropertySource(source.getName(), kept)
				: (source instanceof OriginTrackedMapPropertySource)
						? new OriginTrackedMapPropertySource(source.getName(), kept)
						: new MapPropertySource(source.getName(), kept);
	}

	private static boolean isUnused(String key) {
		return KEY.matcher(key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "")).matches();
	}

}
