package io.arcllm.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.arcllm.LlmEvent;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.PromptServers;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

/**
 * Three vendors on real sockets, and an application that knows them: {@code first} is the
 * primary one.
 */
public final class Vendors implements AutoCloseable {

	public final MockWebServer first = PromptServers.create();

	public final MockWebServer second = PromptServers.create();

	final MockWebServer third = PromptServers.create();

	public Vendors() {
		try {
			this.first.start();
			this.second.start();
			this.third.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public ApplicationContextRunner runner() {
		List<String> properties = new ArrayList<>(List.of("arcllm.provider=first",
				"arcllm.modules.retry.backoff-base=1ms", "arcllm.modules.retry.budget.min-per-second=1000"));
		properties.addAll(List.of(limits("20s")));
		MockWebServer[] servers = { this.first, this.second, this.third };
		String[] names = { "first", "second", "third" };
		for (int i = 0; i < names.length; i++) {
			String key = "arcllm.providers." + names[i] + ".";
			properties.addAll(List.of(key + "type=openai", key + "base-url=" + servers[i].url("/v1"), key + "api-key=k",
					key + "model=m" + i));
		}
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ArcllmPropertiesAutoConfiguration.class,
					ArcllmAutoConfiguration.class, WebClientAutoConfiguration.class, SslAutoConfiguration.class))
			.withPropertyValues(properties.toArray(String[]::new));
	}

	/**
	 * Time limits: short ones for a vendor that is silent, else such as a busy machine
	 * keeps.
	 */
	static String[] limits(String limit) {
		return Stream.of("attempt", "first-token", "idle")
			.map((stage) -> "arcllm.modules.timeout." + stage + "=" + limit)
			.toArray(String[]::new);
	}

	/** The answer to one call. */
	public static LlmResponse ask(LlmProvider provider, boolean streaming) {
		if (!streaming) {
			return provider.invoke("hi");
		}
		LlmEvent last = provider.stream(LlmRequest.of("hi")).blockLast(Duration.ofSeconds(20));
		return ((LlmEvent.Completed) last).response();
	}

	/** An answer. */
	static MockResponse says(String text, boolean streaming) {
		if (!streaming) {
			return json(200, "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
					+ "\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"}}]}")
				.build();
		}
		return new MockResponse.Builder().addHeader("content-type", "text/event-stream")
			.body("data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text
					+ "\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
			.build();
	}

	/** An error with a status, a reset connection or silence. */
	public static MockResponse fails(String how) {
		return switch (how) {
			case "reset" -> new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
			case "silence" -> new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
			default -> json(Integer.parseInt(how), "{\"error\":{\"message\":\"no\"}}").build();
		};
	}

	public static MockResponse.Builder json(int status, String body) {
		return new MockResponse.Builder().code(status).addHeader("content-type", "application/json").body(body);
	}

	@Override
	public void close() {
		this.first.close();
		this.second.close();
		this.third.close();
	}

}
