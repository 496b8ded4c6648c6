package io.arcllm.sample;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.arcllm.Target;
import io.arcllm.test.Pace;
import io.arcllm.test.FakeVendor;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.FakeVendorSettings;

import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts the simulator before anything is bound and points the providers at it, unless
 * {@code simulator.enabled} is false. What the user configures takes precedence.
 */
class SimulatorInitializer implements ApplicationContextInitializer<GenericApplicationContext> {

	private static final String KEY = "simulated";

	@Override
	public void initialize(GenericApplicationContext context) {
		ConfigurableEnvironment environment = context.getEnvironment();
		if (!environment.getProperty("simulator.enabled", Boolean.class, true)) {
			return;
		}
		FakeVendors simulator = FakeVendors.start(settings(environment));
		context.getDefaultListableBeanFactory().registerSingleton("simulator", simulator);
		context.getDefaultListableBeanFactory().registerDisposableBean("simulator", simulator::close);
		context.addApplicationListener((ApplicationListener<ApplicationFailedEvent>) (failed) -> simulator.close());
		Map<String, Object> properties = new LinkedHashMap<>();
		simulator.vendors().forEach((vendor) -> point(vendor, environment, properties));
		environment.getPropertySources().addLast(new MapPropertySource("simulator", properties));
	}

	private static void point(FakeVendor vendor, ConfigurableEnvironment environment, Map<String, Object> properties) {
		String provider = "arcllm.providers." + vendor.name() + ".";
		if (environment.containsProperty(provider + "base-url")) {
			return;
		}
		properties.put(provider + "base-url", vendor.url() + (vendor.name().equals("openai") ? "/v1" : ""));
		if (!vendor.name().equals("ollama")) {
			properties.put(provider + "api-key", KEY);
		}
	}

	private static FakeVendorSettings settings(ConfigurableEnvironment environment) {
		Map<String, Integer> ports = new LinkedHashMap<>();
		for (String vendor : new String[] { "anthropic", "openai", "ollama" }) {
			ports.put(vendor, environment.getProperty("simulator.ports." + vendor, Integer.class, 0));
		}
		Pace pace = new Pace(
				environment.getProperty("simulator.pace.first-token", Duration.class, Pace.REALISTIC.firstToken()),
				environment.getProperty("simulator.pace.tokens-per-second", Integer.class,
						Pace.REALISTIC.tokensPerSecond()));
		Target primary = Target.parse(environment.getProperty("arcllm.provider", "anthropic"));
		return new FakeVendorSettings(pace, ports, primary.provider(),
				environment.getProperty("simulator.fail-every", Integer.class, 0));
	}

}
