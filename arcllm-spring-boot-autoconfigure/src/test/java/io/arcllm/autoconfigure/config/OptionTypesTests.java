package io.arcllm.autoconfigure.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.arcllm.LlmProvider;
import io.arcllm.PromptServers;
import io.arcllm.WholeAndStreamed;
import io.arcllm.autoconfigure.ArcllmAutoConfiguration;
import io.arcllm.autoconfigure.ArcllmPropertiesAutoConfiguration;
import io.arcllm.autoconfigure.Vendor;
import io.arcllm.autoconfigure.Vendors;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Options of a provider reach the vendor as they were meant where they were written.
 */
class OptionTypesTests {

	private static final JsonMapper JSON = new JsonMapper();

	@StartStop
	final MockWebServer server = PromptServers.create();

	@TempDir
	Path folder;

	@BeforeEach
	void answer() {
		Vendor.on(this.server);
	}

	@WholeAndStreamed
	void yamlSaysItselfWhatIsAListAnObjectANumberASwitchOrText(boolean streaming) throws Exception {
		Path file = yaml("""
				stop: [END, "7"]
				top_k: 40
				seed: 9007199254740993
				presence_penalty: -0.5
				logprobs: true
				user: "7"
				spoken: "true"
				service_tier: flex
				response_format:
				  type: json_schema
				  json_schema: {name: answer, strict: true, required: [a, b], limits: [{most: 3}, {most: 0.5}]}
				""");
		assertThat(sent(streaming, file)).isEqualTo(JSON.readTree("""
				{"stop":["END","7"],"top_k":40,"seed":9007199254740993,"presence_penalty":-0.5,"logprobs":true,
				"user":"7","spoken":"true","service_tier":"flex","response_format":{"type":"json_schema","json_schema":
				{"name":"answer","strict":true,"required":["a","b"],"limits":[{"most":3},{"most":0.5}]}}}"""));
	}

	@Test
	void whatIsBlankIsLeftOut() throws Exception {
		Path file = yaml("""
				metadata: {}
				stop: []
				user:
				suffix: " "
				seed: ${NOT_SET:}
				thinking: {budget: , depth: 2}
				""");
		assertThat(sent(false, file)).isEqualTo(JSON.readTree("{\"thinking\":{\"depth\":2}}"));
	}

	@Test
	void whatAPlaceholderStandsForIsTypedByItsLook() throws Exception {
		Path file = yaml("""
				top_k: ${TOP_K:40}
				logprobs: ${LOGPROBS:true}
				user: "${WHO:ann}"
				""");
		assertThat(sent(false, file)).isEqualTo(JSON.readTree("{\"top_k\":40,\"logprobs\":true,\"user\":\"ann\"}"));
	}

	@Test
	void commandLineWinsOverYamlAndWhatItSaysIsTypedByItsLook() throws Exception {
		Path file = yaml("""
				top_k: 40
				user: "7"
				suffix: "8"
				logprobs: true
				thinking: {budget: "1", depth: 2}
				""");
		assertThat(sent(false, file, "top_k=50", "user=9", "logprobs=false", "thinking.depth=many", "extra=0.25"))
			.isEqualTo(JSON.readTree("{\"top_k\":50,\"user\":9,\"suffix\":\"8\",\"logprobs\":false,"
					+ "\"thinking\":{\"budget\":\"1\",\"depth\":\"many\"},\"extra\":0.25}"));
	}

	@Test
	void propertiesFileIsTypedByItsLookToo() throws Exception {
		Path file = Files.writeString(this.folder.resolve("application.properties"), """
				arcllm.providers.mine.options.top_k=40
				arcllm.providers.mine.options.stop[0]=END
				arcllm.providers.mine.options.stop[1]=8
				""");
		assertThat(sent(false, file)).isEqualTo(JSON.readTree("{\"top_k\":40,\"stop\":[\"END\",8]}"));
	}

	@Test
	void whereAllIsTextNumbersAndSwitchesAreTypedAndWordsStay() throws Exception {
		String options = "arcllm.providers.mine.options.";
		runner().withPropertyValues(options + "top_k=40", options + "ratio=-0.5", options + "tiny=1e-3",
				options + "logprobs=true", options + "echo=false", options + "tier=flex", options + "version=1.2.3",
				options + "code=007", options + "yes=True", options + "plus=+1", options + "id=12345678901234567890",
				options + "thinking.depth=2", options + "stop[0]=END", options + "stop[1]=7", options + "user=")
			.run((context) -> {
				Vendors.ask(context.getBean(LlmProvider.class), false);
				assertThat(options()).isEqualTo(JSON.readTree("""
						{"top_k":40,"ratio":-0.5,"tiny":0.001,"logprobs":true,"echo":false,"tier":"flex",
						"version":"1.2.3","code":"007","yes":"True","plus":"+1","id":"12345678901234567890",
						"thinking":{"depth":2},"stop":["END",7]}"""));
			});
	}

	@Test
	void variableOfTheEnvironmentIsTypedByItsLook() {
		String environment = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		runner().withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.replace(environment,
					new SystemEnvironmentPropertySource(environment,
							Map.of("ARCLLM_PROVIDERS_MINE_OPTIONS_SEED", "5", "ARCLLM_PROVIDERS_MINE_OPTIONS_TIER",
									"flex", "ARCLLM_PROVIDERS_MINE_OPTIONS_STOP_0", "END"))))
			.run((context) -> {
				Vendors.ask(context.getBean(LlmProvider.class), false);
				assertThat(options()).isEqualTo(JSON.readTree("{\"seed\":5,\"tier\":\"flex\",\"stop\":[\"END\"]}"));
			});
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withPropertyValues(provider());
	}

	private String[] provider() {
		String mine = "arcllm.providers.mine.";
		return new String[] { mine + "type=openai", mine + "model=m", mine + "base-url=" + this.server.url("/v1") };
	}

	private Path yaml(String options) throws IOException {
		return Files.writeString(this.folder.resolve("application.yml"),
				"arcllm:\n  providers:\n    mine:\n      options:\n" + options.indent(8));
	}

	/** What the vendor is sent of options from a file and the command line. */
	private JsonNode sent(boolean streaming, Path file, String... commandLine) throws InterruptedException {
		List<String> arguments = new ArrayList<>(List.of("--spring.config.location=" + file));
		Stream.of(provider()).forEach((pair) -> arguments.add("--" + pair));
		Stream.of(commandLine).forEach((pair) -> arguments.add("--arcllm.providers.mine.options." + pair));
		SpringApplicationBuilder application = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run(arguments.toArray(String[]::new))) {
			Vendors.ask(context.getBean(LlmProvider.class), streaming);
		}
		return options();
	}

	private JsonNode options() throws InterruptedException {
		ObjectNode body = (ObjectNode) JSON.readTree(this.server.takeRequest().getBody().utf8());
		return body.remove(List.of("model", "messages", "stream", "stream_options"));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ArcllmPropertiesAutoConfiguration.class, ArcllmAutoConfiguration.class })
	static class Application {

	}

}
