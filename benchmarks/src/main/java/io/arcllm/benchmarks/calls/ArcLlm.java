package io.arcllm.benchmarks.calls;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

/**
 * ArcLLM as an application has it: auto-configured, with retry and fallback on.
 */
public final class ArcLlm implements Client {

	private final LlmProvider provider;

	/**
	 * @param url the vendor's
	 * @param settings more of them, such as {@code arcllm.deadline=1m}
	 */
	public ArcLlm(String url, String... settings) {
		this.provider = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.logStartupInfo(false)
			.properties("spring.main.banner-mode=off", "arcllm.provider=openai",
					"arcllm.providers.openai.base-url=" + url, "arcllm.providers.openai.api-key=key",
					"arcllm.providers.openai.model=" + Answers.MODEL, "arcllm.providers.second.type=openai",
					"arcllm.providers.second.base-url=" + url, "arcllm.providers.second.api-key=key",
					"arcllm.providers.second.model=" + Answers.MODEL, "arcllm.modules.retry.enabled=true",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second")
			.properties(settings)
			.run()
			.getBean(LlmProvider.class);
	}

	public LlmProvider provider() {
		return this.provider;
	}

	@Override
	public String name() {
		return "ArcLLM, retry and fallback on";
	}

	@Override
	public Mono<Integer> whole() {
		return this.provider.invokeAsync(LlmRequest.of(Answers.PROMPT)).map((answer) -> answer.text().length());
	}

	@Override
	public Mono<Integer> stream() {
		return this.provider.stream(LlmRequest.of(Answers.PROMPT))
			.map((event) -> (event instanceof LlmEvent.TextDelta delta) ? delta.text().length() : 0)
			.reduce(0, Integer::sum);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
