package io.arcllm.examples.springai;

import java.util.LinkedHashMap;
import java.util.Map;

import io.arcllm.test.Dial;
import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.vendor.Fault;
import org.springframework.ai.chat.model.ChatModel;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application in front of a vendor that refuses every second request, and another one
 * that is well: for tests that Spring's own test context does not reach.
 */
final class BrokenVendor implements AutoCloseable {

	private final FakeVendors vendors = FakeVendors.start(FakeVendorSettings.instant(), formats());

	private final ConfigurableApplicationContext context = new SpringApplicationBuilder(AssistantApplication.class)
		.web(WebApplicationType.NONE)
		.properties("spring.config.location=optional:classpath:/none/", "spring.ai.openai.api-key=none",
				"arcllm.spring-ai.primary=true", "arcllm.provider=first", "arcllm.modules.fallback.enabled=true",
				"arcllm.modules.fallback.chain=second", provider("first", "type=openai"),
				provider("first", "base-url=" + this.vendors.of("first").url() + "/v1"), provider("first", "api-key=k"),
				provider("first", "model=m"), provider("second", "type=anthropic"),
				provider("second", "base-url=" + this.vendors.of("second").url()), provider("second", "api-key=k"),
				provider("second", "model=m"))
		.run();

	private static String provider(String name, String setting) {
		return "arcllm.providers." + name + "." + setting;
	}

	private static Map<String, String> formats() {
		Map<String, String> formats = new LinkedHashMap<>();
		formats.put("first", "openai");
		formats.put("second", "anthropic");
		return formats;
	}

	/** Our model, while the first vendor is broken. */
	ChatModel model() {
		this.vendors.of("first").set(Dial.of(Fault.UNAVAILABLE).every(2));
		return this.context.getBean(ChatModel.class);
	}

	@Override
	public void close() {
		this.context.close();
		this.vendors.close();
	}

}
