package io.arcllm.test.context;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.arcllm.test.FakeVendor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.util.ClassUtils;

/**
 * The providers that ask models of Spring AI's starters, whose URLs are in settings of
 * Spring AI.
 *
 * @param formats the wire format of the model, by the provider's name
 */
record SpringAiModels(Map<String, String> formats) {

	private static final List<Starter> STARTERS = List.of(
			new Starter("openai", "openAiChatModel", "org.springframework.ai.openai.OpenAiChatModel"),
			new Starter("anthropic", "anthropicChatModel", "org.springframework.ai.anthropic.AnthropicChatModel"),
			new Starter("ollama", "ollamaChatModel", "org.springframework.ai.ollama.OllamaChatModel"));

	static SpringAiModels of(List<String> providers, Binder binder, @Nullable ClassLoader classes) {
		Map<String, String> formats = new LinkedHashMap<>();
		if (binder.bind("arcllm.spring-ai.wrap", Boolean.class).orElse(Boolean.FALSE)) {
			put("spring-ai", only(binder, classes), formats);
		}
		for (String name : providers) {
			String key = "arcllm.providers." + name + ".";
			if (binder.bind(key + "type", String.class).orElse("").equals("spring-ai")) {
				put(name, byBean(binder.bind(key + "bean", String.class).orElse("")), formats);
			}
		}
		return new SpringAiModels(formats);
	}

	private static void put(String name, @Nullable String format, Map<String, String> formats) {
		if (format != null && !formats.containsValue(format)) {
			formats.put(name, format);
		}
	}

	private static @Nullable String only(Binder binder, @Nullable ClassLoader classes) {
		String chosen = binder.bind("spring.ai.model.chat", String.class).orElse("");
		String there = first((starter) -> ClassUtils.isPresent(starter.type(), classes));
		String named = first((starter) -> starter.format().equals(chosen));
		return (named != null) ? named : there;
	}

	private static @Nullable String byBean(String bean) {
		return first((starter) -> starter.bean().equals(bean));
	}

	private static @Nullable String first(Predicate<Starter> wanted) {
		return STARTERS.stream().filter(wanted).map(Starter::format).findFirst().orElse(null);
	}

	/**
	 * Points the settings of Spring AI at a vendor.
	 * @return whether the provider is one of these
	 */
	boolean point(FakeVendor vendor, String key, Map<String, Object> properties) {
		String format = this.formats.get(vendor.name());
		if (format == null) {
			return false;
		}
		for (String section : new String[] { "spring.ai." + format + ".", "spring.ai." + format + ".chat." }) {
			properties.put(section + "base-url", vendor.url() + (format.equals("openai") ? "/v1" : ""));
			properties.put(section + "api-key", key);
		}
		return true;
	}

	/** A format, the bean that a starter makes for it, and that bean's class. */
	private record Starter(String format, String bean, String type) {
	}

}
