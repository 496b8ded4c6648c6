package io.arcllm.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.arcllm.LlmException;
import io.arcllm.LlmModule;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.WholeAndStreamed;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A module of the application's own, as its documentation shows it.
 */
class OwnModuleTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class))
		.withUserConfiguration(Own.class)
		.withPropertyValues("arcllm.provider=mine", "arcllm.modules.retry.enabled=true");

	@WholeAndStreamed
	void exampleOfTheDocumentationWorks(boolean streaming) {
		this.runner.withUserConfiguration(TenantModule.class).run((context) -> {
			LlmProvider provider = context.getBean(LlmProvider.class);
			LlmRequest.Builder request = LlmRequest.builder().messages(Message.user("hi")).streaming(streaming);
			assertThatExceptionOfType(LlmException.class).isThrownBy(() -> provider.invoke(request.build()))
				.withMessage("The call has no tenant");
			assertThat(provider.invoke(request.metadata(new RequestMetadata("acme", null, Map.of())).build()).text())
				.isEqualTo("hello");
		});
	}

	@Test
	void documentationShowsTheExampleAsItIs() throws IOException {
		String source = Files.readString(Path.of("src/test/java/io/arcllm/autoconfigure/TenantModule.java"));
		String shown = source.substring(source.indexOf("@Component"));
		assertThat(Files.readString(Path.of("../docs/modules.md"))).contains(shown);
	}

	@Test
	void orderSaysWhereItStands() {
		this.runner.withUserConfiguration(TenantModule.class)
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Tenant(Retry(Timeout(mine)))"));
	}

	@Test
	void nameInTheOrderSaysWhereItStands() {
		this.runner.withUserConfiguration(Named.class)
			.withPropertyValues("arcllm.modules.order=retry,guard,fallback,timeout")
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(Tenant(Timeout(mine)))"));
	}

	@Test
	void withoutAPlaceItStandsInnermost() {
		this.runner.withUserConfiguration(Named.class)
			.run((context) -> assertThat(context.getBean(LlmProvider.class))
				.hasToString("Retry(Timeout(Tenant(mine)))"));
	}

	@Test
	void configurationSwitchesItOff() {
		this.runner.withUserConfiguration(Named.class)
			.withPropertyValues("arcllm.modules.order=retry,guard,fallback,timeout",
					"arcllm.modules.guard.enabled=false")
			.run((context) -> assertThat(context.getBean(LlmProvider.class)).hasToString("Retry(Timeout(mine))"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		LlmProvider mine() {
			return LlmProvider.of("mine", (request) -> LlmResponse.of("hello"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Named {

		@Bean
		LlmModule guard() {
			return TenantModule.Tenant::new;
		}

	}

}
