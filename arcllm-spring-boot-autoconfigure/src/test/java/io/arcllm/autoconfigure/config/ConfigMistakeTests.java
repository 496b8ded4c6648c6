package io.arcllm.autoconfigure.config;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmConfigException;
import io.arcllm.Target;
import io.arcllm.autoconfigure.ArcllmAutoConfiguration;
import io.arcllm.autoconfigure.ArcllmPropertiesAutoConfiguration;
import io.arcllm.autoconfigure.stack.ChainCheck;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.retry.RetrySettings;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class ConfigMistakeTests {

	private static final String CANARY = "canary-0123456789";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class));

	static Stream<Arguments> typos() {
		return Stream.of(arguments("arcllm.modules.retry.max-retry", "arcllm.modules.retry.max-retries"),
				arguments("arcllm.modules.retry.maxRetry", "arcllm.modules.retry.max-retries"),
				arguments("arcllm.modules.retry.budget.ration", "arcllm.modules.retry.budget.ratio"),
				arguments("arcllm.modules.retries.enabled", "arcllm.modules.retry.enabled"),
				arguments("arcllm.modules.timeout.enable", "arcllm.modules.timeout.enabled"),
				arguments("arcllm.retry.max-retries", "arcllm.modules.retry.max-retries"),
				arguments("arcllm.max-attempt", "arcllm.max-attempts"), arguments("arcllm.provder", "arcllm.provider"),
				arguments("arcllm.providers.openai.modell", "arcllm.providers.openai.model"),
				arguments("arcllm.providers.openai.http.proxy.hots", "arcllm.providers.openai.http.proxy.host"),
				arguments("arcllm.providers.openai.models[0].price.inputs",
						"arcllm.providers.openai.models.0.price.input"),
				arguments("arcllm.providers.openai.modules.retry.max-wiat",
						"arcllm.providers.openai.modules.retry.max-wait"),
				arguments("arcllm.providers.openai.modules.retri.max-wait",
						"arcllm.providers.openai.modules.retry.max-wait"));
	}

	@ParameterizedTest
	@MethodSource("typos")
	void typoStopsTheStartWithTheNearestKey(String written, String meant) {
		fails(Map.of(written, CANARY)).withDescription("is not known", "property source")
			.withAction("Did you mean '" + meant + "'?");
	}

	@ParameterizedTest
	@MethodSource("typos")
	void typoInASystemPropertyStopsTheStart(String written, String meant) {
		this.runner.withSystemProperties(written + "=" + CANARY)
			.run((context) -> assertThat(new Failure(context.getStartupFailure()).analysis().getAction())
				.contains("'" + meant + "'"));
	}

	@Test
	void mistakeInAFileIsToldWithItsLine() throws IOException {
		withFile("arcllm:\n  modules:\n    retry:\n      max-retry: " + CANARY + "\n")
			.run((context) -> new Failure(context.getStartupFailure())
				.withDescription("'arcllm.modules.retry.max-retry'", "[application.yml] - 4:18"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "arcllm.modules", "arcllm.providers.ollama.modules" })
	void keyThatYamlReadsAsASwitchNeedsNoQuotes(String prefix) throws IOException {
		String yaml = prefix + ":\n  retry:\n    on: [network, timeout]\n  fallback:\n    on: network\n";
		for (String file : List.of(yaml, yaml.replace("on:", "'on':"))) {
			withFile(file).run((context) -> {
				ModuleSettings settings = context.getBean(ModuleSettings.class);
				assertThat(settings.bind("retry", RetrySettings.class, "ollama", CallOptions.NONE).on())
					.containsExactlyInAnyOrder(ErrorKind.NETWORK, ErrorKind.TIMEOUT);
				assertThat(settings.bind("fallback", FallbackSettings.class, "ollama", CallOptions.NONE).on())
					.containsExactly(ErrorKind.NETWORK);
			});
		}
	}

	@Test
	void keyThatIsLikeNoOtherStopsTheStart() {
		fails(Map.of("arcllm.wire", CANARY)).withDescription("'arcllm.wire'", "is not known").withAction("Known here:");
	}

	@Test
	void otherPeoplesSystemPropertiesAreLeftAlone() {
		this.runner.withSystemProperties("arcllm.wire=/tmp").run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "ARCLLM_PROVIDERS_OPENAI_APIKEY", "ARCLLM_PROVIDERS_OPENAI_API_KEY",
			"ARCLLM_PROVIDERS_OPENAI_HEADERS_X_TEAM", "ARCLLM_MODULES_RETRY_MAXRETRIES",
			"ARCLLM_MODULES_RETRY_MAX_RETRIES", "ARCLLM_MODULES_RETRY_RETRYABLESTATUSCODES_0", "ARCLLM_HOME",
			"ARCLLM_VERSION", "ARCLLM" })
	void variableOfTheEnvironmentMayBeWrittenInAnyWay(String variable) {
		withVariable(variable, "500").run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "ARCLLM_MODULES_RETRY_MAXRETRY", "ARCLLM_PROVIDERS_OPENAI_MODELL", "ARCLLM_DEADLIN" })
	void typoInAVariableStopsTheStart(String variable) {
		withVariable(variable, CANARY).run((context) -> {
			FailureAnalysis analysis = new Failure(context.getStartupFailure()).analysis();
			assertThat(analysis.getDescription()).contains("'" + variable + "' (environment variable) is not known");
			assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain(CANARY);
		});
	}

	@Test
	void freeFormMapsAndModulesOfOnesOwnAreOpen() {
		this.runner
			.withPropertyValues("arcllm.providers.openai.headers.X-Any=1", "arcllm.providers.openai.options.any.deep=1",
					"arcllm.modules.order=retry,mine,fallback,timeout", "arcllm.modules.mine.any=1",
					"arcllm.modules.mine.enabled=false", "arcllm.providers.openai.modules.mine.any=2")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void blankIsAsIfItWereNotThere() {
		this.runner
			.withPropertyValues("arcllm.modules.retry.max-retries=", "arcllm.modules.retry.max-wait=${NOT_SET:}",
					"arcllm.modules.retry.retryable-status-codes=", "arcllm.modules.timeout=",
					"arcllm.providers.openai=", "arcllm.providers.ollama.defaults.temperature=")
			.run((context) -> {
				ArcllmProperties properties = context.getBean(ArcllmProperties.class);
				assertThat(properties.modules().retry().maxRetries()).isEqualTo(3);
				assertThat(properties.modules().retry().maxWait()).hasSeconds(60);
				assertThat(properties.modules().retry().retryableStatusCodes()).isEmpty();
				assertThat(properties.providers()).containsOnlyKeys("openai", "ollama");
			});
	}

	static Stream<Arguments> mistakes() {
		String openai = "arcllm.providers.openai.";
		return Stream.of(
				arguments(openai + "base-url=http://llm.example.com", openai + "base-url", "unencrypted",
						"allow-insecure"),
				arguments(openai + "base-url=http://127.0.0.1.example.com", openai + "base-url", "unencrypted",
						"https"),
				arguments(openai + "base-url=example.com", openai + "base-url", "is not a URL", "https://"),
				arguments(openai + "base-url=ftp://example.com", openai + "base-url", "is not a URL", "https://"),
				arguments(openai + "base-url=https://exa mple.com", openai + "base-url", "is not a URL", "https://"),
				arguments(openai + "base-url=https://example.com:65536/v1", openai + "base-url", "is not a URL",
						"https://"),
				arguments(openai + "base-url=http://localhost:99999", openai + "base-url", "is not a URL", "https://"),
				arguments(openai + "headers.X-Team=" + CANARY + "\r\nX-Other: 1", openai + "headers",
						"'X-Team' with characters that no header can carry", ""),
				arguments(openai + "headers.X-Team=" + CANARY + "\nX-Other: 1", openai + "headers", "in one line", ""),
				arguments(openai + "headers[X Team]=" + CANARY, openai + "headers", "'X Team'", ""),
				arguments("arcllm.modules.retry.retryable-status-codes=200",
						"arcllm.modules.retry.retryable-status-codes", "from 300 to 599, was 200", ""),
				arguments("arcllm.modules.retry.retryable-status-codes=429,600",
						"arcllm.modules.retry.retryable-status-codes", "from 300 to 599, was 600", ""),
				arguments(openai + "modules.retry.retryable-status-codes=200",
						openai + "modules.retry.retryable-status-codes", "from 300 to 599, was 200", ""),
				arguments(openai + "type=opneai", openai + "type", "'opneai', which is not known", "'openai'"),
				arguments("arcllm.providers.grok.model=x", "arcllm.providers.grok.type", "is not set", "'groq'"),
				arguments("arcllm.providers.azure-openai.model=x", "arcllm.providers.azure-openai.base-url",
						"is not set", "Set arcllm.providers.azure-openai.base-url"),
				arguments("arcllm.providers.OpenAI.model=x", "arcllm.providers.OpenAI", "cannot be the name",
						"lower case"),
				arguments("arcllm.max-attempts=0", "arcllm.max-attempts", "must be 1 or more", ""),
				arguments("arcllm.max-attempts=many", "arcllm.max-attempts", "'many'", "a whole number"),
				arguments("arcllm.modules.retry.strategy=fibonacci", "arcllm.modules.retry.strategy", "'fibonacci'",
						"one of exponential, linear, fixed"),
				arguments("arcllm.modules.retry.on=network,sadness", "arcllm.modules.retry.on", "cannot be read",
						"rate-limited"),
				arguments("arcllm.modules.retry.budget.ratio=2", "arcllm.modules.retry.budget.ratio", "between 0 and 1",
						""),
				arguments("arcllm.modules.retry.max-retries=-1", "arcllm.modules.retry.max-retries",
						"must be 0 or more, was -1", ""),
				arguments("arcllm.modules.retry.backoff-base=2m", "arcllm.modules.retry.backoff-base",
						"is longer than max-wait", "max-wait longer"),
				arguments("arcllm.modules.circuit-breaker.minimum-calls=30",
						"arcllm.modules.circuit-breaker.minimum-calls", "never open by its rate", "window-size larger"),
				arguments("arcllm.modules.retry=true", "arcllm.modules.retry", "is a section",
						"arcllm.modules.retry.enabled"),
				arguments(openai + "modules.retry.max-retries=-1", openai + "modules.retry.max-retries",
						"must be 0 or more", ""),
				arguments(openai + "modules.retry.budget.ratio=0.5", openai + "modules.retry.budget.ratio",
						"is of the whole process", "Set arcllm.modules.retry.budget.ratio"),
				arguments(openai + "http.max-connections=0", openai + "http.max-connections", "more than zero", ""),
				arguments(openai + "http.proxy.host=proxy", openai + "http.proxy.port", "must be given", ""),
				arguments(openai + "models[0].max-output=5", openai + "models[0].name", "must be given", ""),
				arguments("arcllm.modules.timeout.first-token=5m", "arcllm.modules.timeout.first-token",
						"longer than a whole attempt", "arcllm.modules.timeout.attempt"),
				arguments(openai + "modules.timeout.first-token=5m", openai + "modules.timeout.first-token",
						"longer than a whole attempt", ""),
				arguments(openai + "http.connect-timeout=3m", openai + "http.connect-timeout",
						"longer than a whole attempt", ""));
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void mistakeIsExplained(String property, String key, String description, String action) {
		int equals = property.indexOf('=');
		fails(Map.of(property.substring(0, equals), property.substring(equals + 1)))
			.withDescription("'" + key + "'", description)
			.withAction(action)
			.withKey(key);
	}

	@Test
	void valueBelowADefaultIsNoContradiction() {
		this.runner.withPropertyValues("arcllm.modules.timeout.attempt=1s", "arcllm.modules.retry.max-wait=500ms",
				"arcllm.modules.circuit-breaker.window-size=3", "arcllm.providers.openai.modules.timeout.attempt=2s")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void moduleThatIsOnButNotInTheOrderIsAMistake() {
		fails(Map.of("arcllm.modules.order", "retry,timeout", "arcllm.modules.fallback.enabled", "true"))
			.withDescription("'fallback' is not in 'arcllm.modules.order'")
			.withAction("Add 'fallback'");
	}

	@Test
	void plainHttpIsForLoopbackOrWhoeverAllowsIt() {
		this.runner
			.withPropertyValues("arcllm.providers.openai.base-url=http://localhost:8080/v1/",
					"arcllm.providers.ollama.base-url=http://[::1]:11434",
					"arcllm.providers.vllm.base-url=http://gpu.internal", "arcllm.providers.vllm.allow-insecure=true")
			.run((context) -> assertThat(context.getBean(ProviderDefinitions.class).all())
				.extracting(ProviderDefinition::baseUrl)
				.containsExactly("http://localhost:8080/v1", "http://[::1]:11434", "http://gpu.internal"));
	}

	@Test
	void secretInAUrlIsMaskedInTheMessage() {
		fails(Map.of("arcllm.providers.openai.base-url", "http://me:" + CANARY + "@example.com"))
			.withDescription("//******@example.com");
	}

	@Test
	void queryOfAUrlIsMaskedInTheMessage() {
		fails(Map.of("arcllm.providers.openai.base-url", "http://example.com/v1?key=" + CANARY))
			.withDescription("http://example.com/v1?******:");
		fails(Map.of("arcllm.providers.openai.base-url", "https://example.com:99999/v1?key=" + CANARY))
			.withDescription("https://example.com:99999/v1?******'");
	}

	@Test
	void valueOfAHeaderIsInNoMessageOfAnyCause() {
		this.runner.withPropertyValues("arcllm.providers.openai.headers.X-Team=" + CANARY + "\r\nX-Other: 1")
			.run((context) -> {
				StringWriter trace = new StringWriter();
				context.getStartupFailure().printStackTrace(new PrintWriter(trace));
				assertThat(trace.toString()).contains("'arcllm.providers.openai.headers'").doesNotContain(CANARY);
			});
	}

	@Test
	void headersThatCanBeCarriedAreTaken() {
		this.runner
			.withPropertyValues("arcllm.providers.openai.headers.X-Team=blue\tgreen, Zürich",
					"arcllm.providers.openai.headers[X_Any.thing]=1")
			.run((context) -> assertThat(context.getBean(ArcllmProperties.class).providers().get("openai").headers())
				.containsEntry("X-Team", "blue\tgreen, Zürich")
				.containsEntry("X_Any.thing", "1"));
	}

	@Test
	void lastPortIsOne() {
		this.runner.withPropertyValues("arcllm.providers.openai.base-url=https://example.com:65535/v1")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void keyComesFromTheConfigurationElseFromThePresetsVariable() {
		this.runner
			.withPropertyValues("GROQ_API_KEY=from-variable", "XAI_API_KEY=x", "arcllm.providers.groq.model=m",
					"OPENAI_API_KEY=not-for-others", "arcllm.providers.xai.api-key=own",
					"arcllm.providers.xai.api-keys=two", "arcllm.providers.mine.type=openai",
					"arcllm.providers.mine.base-url=https://llm.example.com",
					"arcllm.providers.mistral.api-key=${MISTRAL_KEY_NOT_SET}", "arcllm.providers.ollama.model=m")
			.run((context) -> {
				ProviderDefinitions definitions = context.getBean(ProviderDefinitions.class);
				assertThat(definitions.find("groq").keys()).containsExactly("from-variable");
				assertThat(definitions.find("xai").keys()).containsExactly("own", "two");
				assertThat(definitions.find("mine").keys()).isEmpty();
				assertThat(definitions.missingKey("mistral")).isTrue();
				assertThat(definitions.missingKey("ollama")).isFalse();
				assertThat(definitions.find("openai")).isNull();
			});
	}

	@Test
	void chainIsCheckedForStrangersDoublesAndThePrimaryItself() {
		this.runner.withPropertyValues("arcllm.providers.openai.model=a", "arcllm.providers.ollama.model=b")
			.run((context) -> {
				ChainCheck check = new ChainCheck(context.getBean(ProviderDefinitions.class), List.of("ownBean"),
						new ModelNames(Map.of(), context.getBean(ProviderDefinitions.class), List.of()));
				Target primary = Target.parse("openai");
				check.check("c", List.of("ollama", "ownBean", "openai/other"), primary);
				refuses(() -> check.check("c", List.of("olama"), primary), "Did you mean 'ollama'?");
				refuses(() -> check.check("c", List.of("openai"), primary), "primary target itself");
				refuses(() -> check.check("c", List.of("openai/a"), primary), "primary target itself");
				refuses(() -> check.check("c", List.of("ollama", "ollama/b"), primary), "twice");
				refuses(() -> check.check("c", List.of("/x"), primary), "is not a target");
				assertThat(check.primary("ollama")).isEqualTo("ollama");
				refuses(() -> check.primary(null), "Set arcllm.provider to one of them");
				refuses(() -> check.primary("opena"), "Did you mean 'openai'?");
			});
	}

	@Test
	void orderIsCheckedAgainstTheModulesThereAre() {
		this.runner.withPropertyValues("arcllm.modules.order=retry,fallback,hedge,mine,cache,timeout")
			.run((context) -> {
				ContradictionCheck check = context.getBean(ContradictionCheck.class);
				refuses(() -> check.checkOrder(List.of("mine")), "'hedge'");
				check.checkOrder(List.of("mine", "hedge"));
			});
	}

	@ParameterizedTest
	@CsvSource({ "arcllm.modules.fallback.chain=olama, Did you mean 'ollama'?",
			"arcllm.modules.fallback.chain=openai, primary target itself",
			"arcllm.modules.fallback.context-window=ollama;ollama, twice",
			"arcllm.providers.ollama.modules.fallback.chain=ollama, primary target itself",
			"arcllm.modules.order=retri;fallback, Did you mean 'retry'?" })
	void startIsStoppedByAWrongChainOrOrder(String property, String message) {
		this.runner.withConfiguration(AutoConfigurations.of(ArcllmAutoConfiguration.class))
			.withPropertyValues("arcllm.provider=openai", "arcllm.providers.openai.model=a",
					"arcllm.providers.ollama.model=b", "arcllm.modules.fallback.enabled=true",
					property.replace(';', ','))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
	}

	@ParameterizedTest
	@ValueSource(strings = { "opnai", "OpenAI" })
	void startIsStoppedByAnUnknownPrimary(String name) {
		this.runner.withConfiguration(AutoConfigurations.of(ArcllmAutoConfiguration.class))
			.withPropertyValues("arcllm.provider=" + name, "arcllm.providers.openai.model=a")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'arcllm.provider' names '" + name + "'")
				.hasMessageNotContaining("LlmProvider")
				.hasMessageContaining("Did you mean 'openai'?"));
	}

	@Test
	void variableOfTheEnvironmentAddsNoSecondProviderBean() {
		withVariable("ARCLLM_PROVIDERS_MYLLM_APIKEY", "k")
			.withConfiguration(AutoConfigurations.of(ArcllmAutoConfiguration.class))
			.withPropertyValues("arcllm.providers.my-llm.type=openai", "arcllm.providers.my-llm.model=m")
			.run((context) -> assertThat(context).hasBean("my-llmLlmProvider").doesNotHaveBean("myllmLlmProvider"));
	}

	@Test
	void providerMayBeConfiguredByVariablesAlone() {
		withVariable("ARCLLM_PROVIDERS_OPENAI_API_KEY", "k")
			.run((context) -> assertThat(context.getBean(ProviderDefinitions.class).find("openai").keys())
				.containsExactly("k"));
	}

	@Test
	void unknownOverrideNamesModuleAndKey() {
		this.runner.run((context) -> {
			ModuleSettings settings = context.getBean(ModuleSettings.class);
			refuses(() -> settings.check(override("retry", "max-retry"), List.of()), "'retry'", "'max-retry'",
					"'retry.max-retries'");
			refuses(() -> settings.check(override("retri", "max-retries"), List.of()), "no module 'retri'", "'retry'");
			settings.check(override("mine", "anything"), List.of("mine"));
		});
	}

	private static CallOptions override(String module, String key) {
		return CallOptions.builder().module(module, Map.of(key, 1)).build();
	}

	private static void refuses(ThrowingCallable call, String... messages) {
		assertThatExceptionOfType(LlmConfigException.class).isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(messages));
	}

	private ApplicationContextRunner withFile(String yaml) throws IOException {
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("file", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yml"))
			.get(0);
		return this.runner.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(source));
	}

	private ApplicationContextRunner withVariable(String variable, String value) {
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		return this.runner.withInitializer((context) -> {
			ConfigurableEnvironment environment = context.getEnvironment();
			environment.getPropertySources()
				.replace(name, new SystemEnvironmentPropertySource(name, Map.of(variable, value)));
		});
	}

	private Failure fails(Map<String, String> properties) {
		Throwable[] failure = new Throwable[1];
		String[] pairs = properties.entrySet()
			.stream()
			.map((e) -> e.getKey() + "=" + e.getValue())
			.toArray(String[]::new);
		this.runner.withPropertyValues(pairs).run((context) -> failure[0] = context.getStartupFailure());
		assertThat(failure[0]).isNotNull();
		return new Failure(failure[0]);
	}

	record Failure(Throwable failure) {

		FailureAnalysis analysis() {
			return SpringFactoriesLoader.forDefaultResourceLocation()
				.load(FailureAnalyzer.class, SpringFactoriesLoader.ArgumentResolver.none(),
						SpringFactoriesLoader.FailureHandler.handleMessage((message, ex) -> {
						}))
				.stream()
				.map((analyzer) -> analyzer.analyze(this.failure))
				.filter(Objects::nonNull)
				.findFirst()
				.orElseThrow();
		}

		Failure withDescription(String... texts) {
			assertThat(analysis().getDescription()).contains(texts).doesNotContain(CANARY);
			return this;
		}

		Failure withAction(String text) {
			assertThat(analysis().getAction()).contains(text).doesNotContain(CANARY);
			return this;
		}

		void withKey(String key) {
			assertThat(analysis().getCause()).isInstanceOfSatisfying(LlmConfigException.class,
					(ex) -> assertThat(ex.key()).isEqualTo(key));
		}

	}

}
