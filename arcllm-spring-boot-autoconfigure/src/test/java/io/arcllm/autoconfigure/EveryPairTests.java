package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.arcllm.Attempt;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.PromptServers;
import io.arcllm.ReasoningEffort;
import io.arcllm.ResponseFormat;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.ToolChoice;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A request with everything set, whose primary target fails: through every ordered pair
 * of the presets it is answered by the second, or passed on for what that truly lacks.
 */
class EveryPairTests {

	/** What a vendor truly lacks. */
	private static final Map<String, Set<String>> LACKS = Map.of("deepseek", Set.of("schema"), "ollama",
			Set.of("forced"));

	private static final String ID = "functions.get_weather:0/" + "x".repeat(30);

	private final StrictVendors vendors = new StrictVendors();

	@StartStop
	final MockWebServer server = PromptServers.create();

	/**
	 * One of the ordered pairs.
	 *
	 * @param primary the target that fails
	 * @param hop the target that is asked then
	 */
	private record Pair(String primary, String hop) {
	}

	private static List<Pair> pairs() {
		List<Pair> pairs = new ArrayList<>();
		for (String primary : StrictVendors.MODELS.keySet()) {
			for (String hop : StrictVendors.MODELS.keySet()) {
				if (!primary.equals(hop)) {
					pairs.add(new Pair(primary, hop));
				}
			}
		}
		return pairs;
	}

	private static LlmRequest everything(String primary, String set, boolean streamed) {
		Map<String, Object> city = Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")),
				"required", List.of("city"));
		return LlmRequest.builder()
			.messages(Message.system("Be brief"), Message.user("Weather in Oslo?"),
					Message.assistant(List.of(new Content.Thinking("Let me look", "sig of " + primary, null, primary),
							new Content.Text("I look"), ToolCall.of(ID, "get_weather", Map.of("city", "Oslo")))),
					Message.user(new Content.ToolResult(ID,
							List.of(new Content.Text("4 degrees"),
									Content.Image.of("image/png", new byte[] { (byte) 0x89, 'P', 'N', 'G' })),
							false), new Content.Text("And now?")))
			.temperature(0.7)
			.topP(0.9)
			.stop("END", "\n\n")
			.maxTokens(4000)
			.tools(new Tool("get_weather", "the weather", city, true), new Tool("now", "", Map.of(), true),
					Tool.of("loose", "", Map.of()))
			.toolChoice(set.equals("forced") ? ToolChoice.REQUIRED : ToolChoice.AUTO)
			.reasoningEffort(ReasoningEffort.MEDIUM)
			.responseFormat(set.equals("schema") ? ResponseFormat.jsonSchema("answer", city) : null)
			.streaming(streamed)
			.build();
	}

	private void run(List<Pair> pairs, Map<String, String> models) {
		this.server.setDispatcher(this.vendors);
		List<String> properties = new ArrayList<>(List.of("arcllm.provider=anthropic",
				"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=openai"));
		models.forEach((vendor, model) -> {
			String key = "arcllm.providers." + vendor + ".";
			properties.addAll(List.of(key + "base-url=" + this.server.url("/" + vendor), key + "api-key=k",
					key + "model=" + model));
		});
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues(properties.toArray(String[]::new))
			.run((context) -> {
				LlmProviders providers = context.getBean(LlmProviders.class);
				for (Pair pair : pairs) {
					this.vendors.down = pair.primary();
					LlmProvider llm = providers.load(pair.primary(), (options) -> options.chain(pair.hop()));
					for (String set : List.of("plain", "forced", "schema")) {
						for (boolean streamed : new boolean[] { false, true }) {
							check(llm, pair, set, streamed);
						}
					}
				}
			});
	}

	private static void check(LlmProvider llm, Pair pair, String set, boolean streamed) {
		LlmRequest request = everything(pair.primary(), set, streamed);
		String what = pair + " " + set + (streamed ? " streamed" : " whole");
		if (LACKS.getOrDefault(pair.hop(), Set.of()).contains(set)
				|| LACKS.getOrDefault(pair.primary(), Set.of()).contains(set)) {
			if (LACKS.getOrDefault(pair.hop(), Set.of()).contains(set)) {
				LlmException failure = catchThrowableOfType(LlmException.class, () -> ask(llm, request));
				assertThat(failure.trail().attempts()).as(what)
					.last()
					.satisfies((attempt) -> assertThat(attempt.error()).isEqualTo(ErrorKind.UNSUPPORTED));
				return;
			}
		}
		LlmResponse answer = ask(llm, request);
		assertThat(answer.text()).as(what).isEqualTo("from " + pair.hop());
		assertThat(answer.trail().attempts()).as(what)
			.last()
			.satisfies((attempt) -> assertThat(attempt.cause()).isEqualTo(Attempt.Cause.NEXT_TARGET));
	}

	private static LlmResponse ask(LlmProvider llm, LlmRequest request) {
		return ((LlmEvent.Completed) llm.exchange(request).blockLast(Duration.ofSeconds(20))).response();
	}

	@Test
	@Timeout(60)
	void somePairsAnswer() {
		List<Pair> all = pairs();
		assertThat(all).hasSize(210);
		Collections.shuffle(all, new Random(1));
		run(all.subList(0, 15), StrictVendors.MODELS);
		run(all.subList(15, 25), StrictVendors.OTHER_MODELS);
	}

	@Test
	@Tag("proof")
	@Timeout(300)
	void everyPairAnswers() {
		run(pairs(), StrictVendors.MODELS);
		run(pairs(), StrictVendors.OTHER_MODELS);
	}

}
