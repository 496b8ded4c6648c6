package io.arcllm.autoconfigure.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.arcllm.CallOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Each key of the reference means the same however it is spelled: with dashes, in camel
 * case, with underscores, in capitals, or as a variable of the environment.
 */
class SpellingsTests {

	private static final String TABLE = """
			arcllm.profile=resilient
			arcllm.lint=off
			arcllm.warm-up=none
			arcllm.provider=azure-openai
			arcllm.max-attempts=7
			arcllm.deadline=9m
			arcllm.spring-ai.primary=true
			arcllm.langchain4j.primary=true
			arcllm.models.fast=azure-openai/m
			arcllm.models.smart[0]=azure-openai/m
			arcllm.models.smart[1]=azure-openai/n
			arcllm.providers.azure-openai.preset=azure-openai
			arcllm.providers.azure-openai.type=openai
			arcllm.providers.azure-openai.base-url=http://localhost/v1
			arcllm.providers.azure-openai.allow-insecure=true
			arcllm.providers.azure-openai.api-keys[0]=one
			arcllm.providers.azure-openai.api-keys[1]=two
			arcllm.providers.azure-openai.model=m
			arcllm.providers.azure-openai.accepts-prefix=true
			arcllm.providers.azure-openai.on-unsupported=refuse
			arcllm.providers.azure-openai.prompt-cache=auto
			arcllm.providers.azure-openai.prompt-cache-lifetime=1h
			arcllm.providers.azure-openai.labels[0]=eu
			arcllm.providers.azure-openai.defaults.max-tokens=5
			arcllm.providers.azure-openai.defaults.temperature=0.5
			arcllm.providers.azure-openai.models[0].name=m
			arcllm.providers.azure-openai.models[0].context-window=9
			arcllm.providers.azure-openai.models[0].max-output=8
			arcllm.providers.azure-openai.models[0].accepts-prefix=false
			arcllm.providers.azure-openai.models[0].unsupported[0]=top-p
			arcllm.providers.azure-openai.models[0].defaults.max-tokens=7
			arcllm.providers.azure-openai.models[0].price.input=1
			arcllm.providers.azure-openai.models[0].price.output=2
			arcllm.providers.azure-openai.models[0].price.cache-read=3
			arcllm.providers.azure-openai.models[0].price.cache-write=4
			arcllm.providers.azure-openai.http.connect-timeout=3s
			arcllm.providers.azure-openai.http.max-connections=4
			arcllm.providers.azure-openai.http.pending-acquire-timeout=5s
			arcllm.providers.azure-openai.http.max-response-size=6MB
			arcllm.providers.azure-openai.http.ssl-bundle=b
			arcllm.providers.azure-openai.http.proxy.host=h
			arcllm.providers.azure-openai.http.proxy.port=81
			arcllm.providers.azure-openai.http.proxy.username=u
			arcllm.providers.azure-openai.http.proxy.password=p
			arcllm.providers.azure-openai.http.http2=true
			arcllm.providers.azure-openai.http.max-idle-time=7s
			arcllm.providers.azure-openai.http.max-header-size=8KB
			arcllm.providers.azure-openai.keys.retry-after=9s
			arcllm.providers.azure-openai.keys.supplier-timeout=8s
			arcllm.providers.azure-openai.modules.retry.max-retries=6
			arcllm.providers.azure-openai.modules.circuit-breaker.slow-call.duration=7s
			arcllm.providers.azure-openai.modules.circuit-breaker.enabled=true
			arcllm.modules.order[0]=fallback
			arcllm.modules.order[1]=retry
			arcllm.modules.order[2]=circuit-breaker
			arcllm.modules.order[3]=timeout
			arcllm.modules.retry.enabled=true
			arcllm.modules.retry.max-retries=5
			arcllm.modules.retry.strategy=linear
			arcllm.modules.retry.backoff-base=20ms
			arcllm.modules.retry.multiplier=3
			arcllm.modules.retry.max-wait=30s
			arcllm.modules.retry.jitter=false
			arcllm.modules.retry.retryable-status-codes[0]=503
			arcllm.modules.retry.retryable-status-codes[1]=429
			arcllm.modules.retry.on[0]=network
			arcllm.modules.retry.on[1]=rate-limited
			arcllm.modules.retry.respect-retry-after=false
			arcllm.modules.retry.max-wait-with-others=3s
			arcllm.modules.retry.budget.ratio=0.5
			arcllm.modules.retry.budget.min-per-second=4
			arcllm.modules.fallback.enabled=false
			arcllm.modules.fallback.chain[0].target=azure-openai/n
			arcllm.modules.fallback.chain[0].max-tokens=4
			arcllm.modules.fallback.chain[0].temperature=0.5
			arcllm.modules.fallback.chain[1].target=azure-openai/o
			arcllm.modules.fallback.context-window[0]=azure-openai/p
			arcllm.modules.fallback.content-policy[0]=azure-openai/q
			arcllm.modules.fallback.on[0]=server-error
			arcllm.modules.fallback.on-exhausted=last
			arcllm.modules.fallback.selection=round-robin
			arcllm.modules.fallback.weights[0]=azure-openai/n=3
			arcllm.modules.fallback.affinity=session
			arcllm.modules.fallback.only[0]=eu
			arcllm.modules.fallback.on-answer[0]=max-tokens
			arcllm.modules.circuit-breaker.enabled=true
			arcllm.modules.circuit-breaker.endpoint=false
			arcllm.modules.circuit-breaker.window=time
			arcllm.modules.circuit-breaker.window-size=9
			arcllm.modules.circuit-breaker.minimum-calls=4
			arcllm.modules.circuit-breaker.failure-rate=40%
			arcllm.modules.circuit-breaker.consecutive-failures=6
			arcllm.modules.circuit-breaker.slow-call.rate=70%
			arcllm.modules.circuit-breaker.slow-call.duration=8s
			arcllm.modules.circuit-breaker.open-for=9s
			arcllm.modules.circuit-breaker.half-open-calls=3
			arcllm.modules.circuit-breaker.max-pause=10s
			arcllm.modules.rate-limit.enabled=false
			arcllm.modules.rate-limit.requests-per-minute=5
			arcllm.modules.rate-limit.tokens-per-minute=6
			arcllm.modules.rate-limit.burst=7
			arcllm.modules.rate-limit.max-wait=8s
			arcllm.modules.rate-limit.by=tenant
			arcllm.modules.rate-limit.store=redis
			arcllm.modules.rate-limit.on-store-failure=open
			arcllm.modules.bulkhead.enabled=false
			arcllm.modules.bulkhead.max-concurrent=auto
			arcllm.modules.bulkhead.max-queue=3
			arcllm.modules.bulkhead.queue-timeout=4s
			arcllm.modules.timeout.attempt=50s
			arcllm.modules.timeout.first-token=40s
			arcllm.modules.timeout.idle=30s
			arcllm.modules.timeout.min-rate=5/s over 9s
			arcllm.modules.timeout.unread=20s
			arcllm.modules.hedge.enabled=true
			arcllm.modules.hedge.after=p90
			arcllm.modules.hedge.factor=2
			arcllm.modules.hedge.until-known=7s
			arcllm.modules.hedge.minimum-delay=8s
			arcllm.modules.hedge.max-ratio=9%
			arcllm.modules.hedge.burst=2
			arcllm.modules.hedge.allow-tools=true
			arcllm.modules.streams.recovery=replay
			arcllm.modules.streams.commit=40-tokens
			arcllm.modules.streams.upstream=as-asked
			arcllm.modules.streams.max-repeats=4
			arcllm.modules.cache.enabled=false
			arcllm.modules.cache.ttl=5m
			arcllm.modules.cache.max-entries=6
			arcllm.modules.cache.max-size=7MB
			arcllm.modules.cache.when=always
			arcllm.modules.cache.single-flight=false
			arcllm.modules.cache.cache-fallback=true
			arcllm.modules.cache.stale-if-error=8s
			arcllm.modules.cache.store=spring
			arcllm.modules.budget.limits[0].name=b
			arcllm.modules.budget.limits[0].scope=label:team
			arcllm.modules.budget.limits[0].window=week
			arcllm.modules.budget.limits[0].zone=Europe/Oslo
			arcllm.modules.budget.limits[0].amount=4
			arcllm.modules.budget.limits[0].currency=EUR
			arcllm.modules.budget.limits[0].action=warn
			arcllm.modules.budget.limits[0].warn-at[0]=50%
			arcllm.modules.budget.max-per-call=3
			arcllm.modules.budget.reserve=worst
			arcllm.modules.budget.unknown-price=allow
			arcllm.modules.budget.store=redis
			arcllm.modules.budget.on-store-failure=local
			arcllm.modules.audit.sink=event
			arcllm.modules.audit.include-messages=true
			arcllm.modules.audit.include-response=true
			arcllm.modules.audit.include-tools=all
			arcllm.modules.audit.max-content=9KB
			arcllm.modules.audit.on-sink-failure=refuse
			arcllm.modules.audit.queue=5
			arcllm.modules.audit.hash-chain=true
			arcllm.modules.redaction.detectors[0]=credit-card
			arcllm.modules.redaction.patterns[0].name=badge
			arcllm.modules.redaction.patterns[0].regex=B-9
			arcllm.modules.redaction.patterns[0].max-length=20
			arcllm.modules.redaction.stop-words[0]=w
			arcllm.modules.redaction.direction=request
			arcllm.modules.redaction.restore=true
			arcllm.modules.redaction.on-error=refuse
			arcllm.modules.telemetry.enabled=false
			arcllm.modules.telemetry.propagate=true
			arcllm.modules.telemetry.tenants[0]=t""";

	/** What the provider's name is, is the user's; the rest are our keys. */
	private static final String NAME = "azure-openai";

	static Stream<Arguments> spellings() {
		return Stream.of(arguments("camelCase", false, each(SpellingsTests::camelCase)),
				arguments("under_scores", false, each((element) -> element.replace('-', '_'))),
				arguments("CAPITALS", false, each((element) -> element.toUpperCase(Locale.ROOT))),
				arguments("squeezed", false, each((element) -> element.replace("-", ""))),
				arguments("VARIABLE_DASHED", true, variable("_")), arguments("VARIABLESQUEEZED", true, variable("")));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("spellings")
	void meansTheSame(String name, boolean variables, UnaryOperator<String> spelling) {
		Map<String, Object> written = new LinkedHashMap<>();
		table().forEach((key, value) -> written.put(spelling.apply(key), value));
		assertThat(shown(environment(written, variables))).isEqualTo(shown(environment(table(), false)));
	}

	@Test
	void tableHasEveryKeyThatHasADefault() {
		LayeredBinder binder = new LayeredBinder(new StandardEnvironment());
		Map<String, Object> written = table();
		assertThat(binder.written("arcllm")).isEmpty();
		ModuleSettings.types()
			.forEach((module, type) -> Stream.of(type.getRecordComponents())
				.map((one) -> "arcllm.modules." + module + "."
						+ org.springframework.boot.context.properties.bind.DataObjectPropertyName
							.toDashedForm(one.getName()))
				.forEach((key) -> assertThat(written.keySet()).anyMatch((known) -> known.startsWith(key))));
	}

	/** All settings, and those that the provider has for itself, as text. */
	private static String shown(StandardEnvironment environment) {
		LayeredBinder binder = new LayeredBinder(environment);
		ArcllmProperties properties = PropertiesBinding.bind(binder);
		ModuleSettings settings = new ModuleSettings(binder, properties);
		StringBuilder shown = new StringBuilder();
		shown.append(properties.profile()).append(properties.lint()).append(properties.warmUp());
		shown.append(properties.provider()).append(properties.maxAttempts()).append(properties.deadline());
		shown.append(properties.springAi()).append(properties.langchain4j()).append('\n');
		properties.models().forEach((name, meant) -> shown.append(name).append('=').append(meant).append('\n'));
		properties.providers().forEach((name, provider) -> shown.append(name).append('=').append(fields(provider)));
		shown.append(properties.modules().order());
		ModuleSettings.types().forEach((module, type) -> {
			for (String provider : new String[] { null, NAME }) {
				shown.append('\n').append(module).append(' ').append(provider).append(' ');
				shown.append(settings.enabled(module, provider, CallOptions.NONE)).append(' ');
				shown.append(settings.bind(module, type, provider, CallOptions.NONE));
			}
		});
		return shown.toString();
	}

	private static String fields(ProviderProperties provider) {
		return List
			.of(String.valueOf(provider.preset()), String.valueOf(provider.type()), String.valueOf(provider.baseUrl()),
					provider.allowInsecure(), provider.apiKeys(), String.valueOf(provider.model()),
					String.valueOf(provider.acceptsPrefix()), provider.onUnsupported(), provider.promptCache(),
					provider.promptCacheLifetime(), provider.labels(), provider.defaults(), provider.models(),
					provider.http(), String.valueOf(provider.http().proxy().password()), provider.keys())
			.toString();
	}

	private static Map<String, Object> table() {
		Map<String, Object> table = new LinkedHashMap<>();
		TABLE.lines().forEach((line) -> {
			int equals = line.indexOf('=');
			table.put(line.substring(0, equals), line.substring(equals + 1));
		});
		return table;
	}

	private static StandardEnvironment environment(Map<String, Object> written, boolean variables) {
		StandardEnvironment environment = new StandardEnvironment();
		String system = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		PropertySource<?> source = variables ? new SystemEnvironmentPropertySource(system, written)
				: new MapPropertySource("file", written);
		environment.getPropertySources().replace(system, new SystemEnvironmentPropertySource(system, Map.of()));
		if (variables) {
			environment.getPropertySources().replace(system, source);
		}
		else {
			environment.getPropertySources().addLast(source);
		}
		ConfigurationPropertySources.attach(environment);
		return environment;
	}

	/** Spells each element but for the user's own names. */
	private static UnaryOperator<String> each(UnaryOperator<String> spelling) {
		return (key) -> {
			String[] elements = key.split("\\.");
			boolean names = List.of("models", "providers").contains(elements[1]);
			for (int i = 1; i < elements.length; i++) {
				elements[i] = (i == 2 && names) ? elements[i] : spelling.apply(elements[i]);
			}
			return String.join(".", elements);
		};
	}

	private static UnaryOperator<String> variable(String dash) {
		return (key) -> key.replace(NAME, "azure_openai")
			.replace("-", dash)
			.replaceAll("\\[(\\d+)]", "_$1")
			.replace('.', '_')
			.toUpperCase(Locale.ROOT);
	}

	private static String camelCase(String dashed) {
		StringBuilder camel = new StringBuilder();
		for (int i = 0; i < dashed.length(); i++) {
			boolean dash = dashed.charAt(i) == '-';
			i += dash ? 1 : 0;
			camel.append(dash ? Character.toUpperCase(dashed.charAt(i)) : dashed.charAt(i));
		}
		return camel.toString();
	}

}
