package io.arcllm.test.context;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.arcllm.provider.Preset;
import io.arcllm.provider.Presets;
import io.arcllm.test.ArcllmTime;
import io.arcllm.test.FakeVendor;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;

import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Starts a fake vendor for each configured provider, and movable time, before anything is
 * bound. One is as good as another, so contexts can be shared between test classes.
 */
record FakeVendorsContextCustomizer() implements ContextCustomizer {

	private static final String PROVIDERS = "arcllm.providers";

	private static final ResolvableType PROVIDER_KEYS = ResolvableType.forClassWithGenerics(Map.class,
			ResolvableType.forClass(String.class),
			ResolvableType.forClassWithGenerics(Map.class, String.class, Object.class));

	private static final Set<String> FORMATS = Set.of("anthropic", "openai", "ollama");

	private static final String KEY = "fake-key-of-a-test";

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
		ConfigurableEnvironment environment = context.getEnvironment();
		Map<String, Map<String, Object>> providers = Binder.get(environment)
			.bind(PROVIDERS, Bindable.<Map<String, Map<String, Object>>>of(PROVIDER_KEYS))
			.orElseGet(Map::of);
		Map<String, String> formats = formats(providers, Presets.load(context.getClassLoader()));
		ArcllmTime time = ArcllmTime.install();
		FakeVendors vendors = FakeVendors.start(FakeVendorSettings.instant(), formats);
		Map<String, Object> properties = new LinkedHashMap<>();
		vendors.vendors()
			.forEach((vendor) -> point(vendor, String.valueOf(formats.get(vendor.name())), providers, properties));
		environment.getPropertySources().addFirst(new MapPropertySource("fake vendors", properties));
		register(context, "fakeVendors", vendors, vendors::close);
		context.getBeanFactory().registerSingleton("arcllmChance", vendors.chance());
		register(context, "arcllmTime", time, time::close);
	}

	private static Map<String, String> formats(Map<String, Map<String, Object>> providers, Presets presets) {
		Map<String, String> formats = new LinkedHashMap<>();
		providers.forEach((name, keys) -> {
			String preset = String.valueOf(keys.getOrDefault("preset", name));
			String type = keys.containsKey("type") ? String.valueOf(keys.get("type"))
					: presets.find(preset).map(Preset::type).orElse(null);
			if (type != null && FORMATS.contains(type)) {
				formats.put(name, type);
			}
		});
		return formats;
	}

	private static void point(FakeVendor vendor, String format, Map<String, Map<String, Object>> providers,
			Map<String, Object> properties) {
		String prefix = PROVIDERS + "." + vendor.name() + ".";
		properties.put(prefix + "base-url", vendor.url() + (format.equals("openai") ? "/v1" : ""));
		if (!providers.getOrDefault(vendor.name(), Map.of()).containsKey("api-keys")) {
			properties.put(prefix + "api-key", KEY);
		}
	}

	private static void register(ConfigurableApplicationContext context, String name, Object bean, Runnable close) {
		context.getBeanFactory().registerSingleton(name, bean);
		((DefaultSingletonBeanRegistry) context.getBeanFactory()).registerDisposableBean(name, close::run);
	}

}
