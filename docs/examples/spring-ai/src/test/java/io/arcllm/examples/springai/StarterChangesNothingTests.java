package io.arcllm.examples.springai;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.arcllm.test.FakeVendorSettings;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.vendor.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.openai.OpenAiChatModel;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An application with Spring AI's own OpenAI starter is what it was when our starter is
 * added: until a line of YAML says otherwise.
 */
@ExtendWith(OutputCaptureExtension.class)
class StarterChangesNothingTests {

	private final FakeVendors vendors = FakeVendors.start(FakeVendorSettings.instant(), Map.of("openai", "openai"));

	@AfterEach
	void stopVendors() {
		this.vendors.close();
	}

	@Test
	void modelsAndBeansAreThoseThatWereThere(CapturedOutput output) {
		try (ConfigurableApplicationContext without = start("spring.autoconfigure.exclude=" + ours());
				ConfigurableApplicationContext with = start()) {
			assertThat(with.getBean(ChatModel.class)).isInstanceOf(OpenAiChatModel.class);
			assertThat(with.getBeanNamesForType(ChatModel.class))
				.containsExactly(without.getBeanNamesForType(ChatModel.class));
			assertThat(with.getBean(ChatModel.class).getOptions())
				.isEqualTo(without.getBean(ChatModel.class).getOptions());
			assertThat(theirs(with)).isEqualTo(theirs(without));
			assertThat(requests()).isZero();
		}
		assertThat(output).doesNotContain("arcllm.spring-ai.wrap");
	}

	@Test
	void callsAndTheirRetriesAreWhatTheyWere() {
		Map<Boolean, Integer> requests = new LinkedHashMap<>();
		for (boolean added : List.of(false, true)) {
			try (ConfigurableApplicationContext context = start("spring.ai.openai.chat.max-retries=1",
					added ? "x=y" : "spring.autoconfigure.exclude=" + ours())) {
				ChatClient client = context.getBean(ChatClient.Builder.class).build();
				assertThat(client.prompt("Hello").call().content()).contains("answer of openai");
				assertThat(client.prompt("Hello").stream().content().collectList().block()).isNotEmpty();
				this.vendors.of("openai").fail(Fault.UNAVAILABLE);
				assertThatThrownBy(() -> client.prompt("Hello").call().content()).hasMessageContaining("503");
				requests.put(added, requests());
				this.vendors.reset();
			}
		}
		assertThat(requests).containsEntry(false, 4).containsEntry(true, 4);
	}

	@Test
	void vendorsOfOursLeaveTheirModelTheOneThatIsInjected() {
		try (ConfigurableApplicationContext context = start("arcllm.providers.anthropic.model=m",
				"arcllm.providers.anthropic.api-key=k")) {
			assertThat(context.getBean(ChatModel.class)).isInstanceOf(OpenAiChatModel.class);
			assertThat(context.getBean(ChatClient.Builder.class).build().prompt("Hello").call().content())
				.contains("answer of openai");
			assertThat(context.getBeanNamesForType(ChatModel.class)).contains("arcllmChatModel");
		}
	}

	@Test
	void ringIsTheFirstThatSwitchesOffRetriesOfTheModel(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start("arcllm.spring-ai.wrap=true")) {
			this.vendors.of("openai").fail(Fault.UNAVAILABLE);
			ChatClient client = context.getBean(ChatClient.Builder.class).build();
			assertThatThrownBy(() -> client.prompt("Hello").call().content()).hasMessageContaining("503");
			assertThat(requests()).isOne();
		}
		assertThat(output).doesNotContain("repeats a failed request");
	}

	private int requests() {
		return this.vendors.of("openai").asked();
	}

	/** Beans by name and what makes them, without ours. */
	private static Map<String, String> theirs(ConfigurableApplicationContext context) {
		return Arrays.stream(context.getBeanDefinitionNames())
			.filter((name) -> !name.toLowerCase(Locale.ROOT).contains("arcllm"))
			.collect(Collectors.toMap((name) -> name,
					(name) -> definition(context.getBeanFactory().getMergedBeanDefinition(name))));
	}

	private static String definition(BeanDefinition bean) {
		return bean.getBeanClassName() + " " + bean.getFactoryBeanName() + "." + bean.getFactoryMethodName() + " "
				+ bean.getScope() + " " + bean.isPrimary();
	}

	private static String ours() {
		return ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.arcllm."))
			.collect(Collectors.joining(","));
	}

	private ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(AssistantApplication.class).web(WebApplicationType.NONE)
			.properties(Stream
				.concat(Stream.of("spring.config.location=optional:classpath:/none/", "spring.ai.openai.api-key=k",
						"spring.ai.openai.base-url=" + this.vendors.of("openai").url() + "/v1"), Stream.of(properties))
				.toArray(String[]::new))
			.run();
	}

}
