package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.WholeAndStreamed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AutoClose;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spans of another library around ours, and the other way round.
 */
class BridgeSpansTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	private final ApplicationContextRunner runner = this.vendors.runner()
		.withConfiguration(
				AutoConfigurations.of(ArcllmTelemetryAutoConfiguration.class, ObservationAutoConfiguration.class,
						ArcllmSpringAiAutoConfiguration.class, ChatClientAutoConfiguration.class))
		.withUserConfiguration(Recording.class);

	@WholeAndStreamed
	void aCallOfAClientHasItsSpanAroundOneOfOurs(boolean streaming) {
		this.vendors.first.enqueue(Vendors.says("Hello", streaming));
		this.runner.run((context) -> {
			ChatClient.ChatClientRequestSpec prompt = context.getBean(ChatClient.Builder.class).build().prompt("Hi");
			if (streaming) {
				prompt.stream().content().blockLast(Duration.ofSeconds(20));
			}
			else {
				prompt.call().content();
			}
			Recording recording = context.getBean(Recording.class);
			Observation.Context client = recording.one("spring.ai.chat.client");
			assertThat(parents(recording.one("arcllm.call"))).contains(client);
			assertThat(recording.all("gen_ai.client.inference.duration")).hasSize(1);
			assertThat(recording.started).extracting(Observation.Context::getName)
				.doesNotContain("gen_ai.client.operation");
			assertThat(context.getBean(MeterRegistry.class).getMeters())
				.noneMatch((meter) -> meter.getId().getName().equals("gen_ai.client.token.usage"));
		});
	}

	@WholeAndStreamed
	void aModelOfTheirsIsAskedInsideTheSpanOfOurAttempt(boolean streaming) {
		this.runner.withUserConfiguration(House.class)
			.withPropertyValues("arcllm.provider=house", "arcllm.providers.house.type=spring-ai",
					"arcllm.providers.house.bean=house")
			.run((context) -> {
				context.getBean(LlmProvider.class)
					.exchange(LlmRequest.of("Hi").withStreaming(streaming))
					.blockLast(Duration.ofSeconds(20));
				assertThat(context.getBean(House.Model.class).within.get())
					.isSameAs(context.getBean(Recording.class).one("gen_ai.client.inference.duration"));
			});
	}

	private static List<Object> parents(Observation.Context context) {
		List<Object> parents = new CopyOnWriteArrayList<>();
		for (var parent = context.getParentObservation(); parent != null; parent = parent.getContextView()
			.getParentObservation()) {
			parents.add(parent.getContextView());
		}
		return parents;
	}

	@Configuration(proxyBeanMethods = false)
	static class House {

		@Bean
		Model house(ObservationRegistry registry) {
			return new Model(registry, new AtomicReference<>());
		}

		private record Model(ObservationRegistry registry, AtomicReference<Object> within) implements ChatModel {

			@Override
			public ChatResponse call(Prompt prompt) {
				this.within.set(Objects.requireNonNull(this.registry.getCurrentObservation()).getContextView());
				return new ChatResponse(List.of(new Generation(new AssistantMessage("Hello"),
						ChatGenerationMetadata.builder().finishReason("STOP").build())));
			}

			@Override
			public Flux<ChatResponse> stream(Prompt prompt) {
				return Flux.defer(() -> Flux.just(call(prompt)));
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Recording implements ObservationHandler<Observation.Context> {

		/** A span of a stream may end after its subscriber was told of the end. */
		final List<Observation.Context> started = new CopyOnWriteArrayList<>();

		@Bean
		MeterRegistry simple() {
			return new SimpleMeterRegistry();
		}

		@Override
		public void onStart(Observation.Context context) {
			this.started.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		List<Observation.Context> all(String name) {
			return this.started.stream().filter((one) -> name.equals(one.getName())).toList();
		}

		Observation.Context one(String name) {
			assertThat(all(name)).hasSize(1);
			return all(name).get(0);
		}

	}

}
