package io.arcllm.test.context;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.PropertiesBinding;
import io.arcllm.provider.Preset;
import io.arcllm.provider.Presets;
import io.arcllm.test.ArcllmTime;
import io.arcllm.test.FakeVendor;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Points the providers of one context at fake vendors. Runs before post-processors that
 * are beans, and therefore before any bean of ArcLLM is defined.
 */
final class FakeVendorsStarter implements BeanDefinitionRegistryPostProcessor {

	private static final String PROVIDERS = "arcllm.providers.";

	private static final List<String> FORMATS = List.of("anthropic", "openai", "ollama");

	private static final String KEY = "fake-key-of-a-test";

	private final ConfigurableApplicationContext context;

	FakeVendorsStarter(ConfigurableApplicationContext context) {
		this.context = context;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		ConfigurableEnvironment environment = this.context.getEnvironment();
		UnusedConnectionSettings.remove(environment.getPropertySources());
		Binder binder = Binder.get(environment);
		List<String> names = PropertiesBinding.names(new LayeredBinder(environment));
		Map<String, String> formats = formats(names, binder);
		SpringAiModels models = SpringAiModels.of(names, binder, this.context.getClassLoader());
		formats.putAll(models.formats());
		ArcllmTime time = ArcllmTime.install();
		FakeVendors vendors = FakeVendors.start(FakeVendorSettings.instant(), formats);
		Map<String, Object> properties = new LinkedHashMap<>();
		for (FakeVendor vendor : vendors.vendors()) {
			if (!models.point(vendor, KEY, properties)) {
				point(vendor, binder, properties);
			}
		}
		environment.getPropertySources().addFirst(new MapPropertySource("fake vendors", properties));
		register("fakeVendors", vendors, vendors::close);
		this.context.getBeanFactory().registerSingleton("arcllmChance", vendors.chance());
		register("arcllmTime", time, time::close);
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		// everything was done before
	}

	private Map<String, String> formats(List<String> providers, Binder binder) {
		Presets presets = Presets.load(this.context.getClassLoader());
		Map<String, String> formats = new LinkedHashMap<>();
		for (String name : providers) {
			String preset = binder.bind(PROVIDERS + name + ".preset", String.class).orElse(name);
			String known = presets.find(preset).map(Preset::type).orElse("");
			String type = binder.bind(PROVIDERS + name + ".type", String.class).orElse(known);
			if (FORMATS.contains(type)) {
				formats.put(name, type);
			}
		}
		return formats;
	}

	/** Sets as many keys as are configured, so that a pool stays a pool. */
	private static void point(FakeVendor vendor, Binder binder, Map<String, Object> properties) {
		String prefix = PROVIDERS + vendor.name() + ".";
		properties.put(prefix + "base-url", vendor.url() + (vendor.format().equals("openai") ? "/v1" : ""));
		int keys = binder.bind(prefix + "api-keys", Bindable.listOf(String.class)).orElseGet(List::of).size();
		for (int i = 0; i < keys; i++) {
			properties.put(prefix + "api-keys[" + i + "]", KEY + "-" + (i + 1));
		}
		if (keys == 0) {
			properties.put(prefix + "api-key", KEY);
		}
	}

	private void register(String name, Object bean, Runnable close) {
		this.context.getBeanFactory().registerSingleton(name, bean);
		((DefaultSingletonBeanRegistry) this.context.getBeanFactory()).registerDisposableBean(name, close::run);
	}

}
