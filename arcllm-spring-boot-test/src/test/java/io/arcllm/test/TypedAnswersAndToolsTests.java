package io.arcllm.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.LlmTool;
import io.arcllm.ToolLoop;
import io.arcllm.test.vendor.Fault;
import io.arcllm.test.vendor.RecordedStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import static io.arcllm.test.ArcllmAssertions.assertThat;
import static io.arcllm.test.ArcllmAssertions.catchThrowableOfType;

/**
 * Typed answers and tools in each wire format, also where a target fails.
 */
@ArcllmTest
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "arcllm.profile=resilient", "arcllm.provider=anthropic",
				"arcllm.providers.anthropic.model=claude-sonnet-4-5", "arcllm.providers.openai.model=gpt-5-mini",
				"arcllm.providers.ollama.model=llama3.2" })
class TypedAnswersAndToolsTests {

	enum Weather {

		SUN, RAIN

	}

	record City(String city, Weather weather, List<String> sights, @Nullable Double height) {
	}

	@Autowired
	private LlmProviders providers;

	@Autowired
	private FakeVendors vendors;

	private LlmProvider chain(String first, String second) {
		return this.providers.load(first, (options) -> options.chain(second));
	}

	@ParameterizedTest
	@CsvSource({ "anthropic, openai", "openai, ollama", "ollama, anthropic" })
	void answerIsOfTheTypeAlsoFromTheNextTarget(String first, String second) {
		LlmRequest request = LlmRequest.of("The weather in Bonn?");
		assertThat(chain(first, second).invoke(request, City.class).city()).isEqualTo("Bonn");
		this.vendors.of(first).fail(Fault.CONTEXT_LENGTH);
		City city = chain(first, second).invokeAsync(request, City.class).block(Duration.ofSeconds(20));
		assertThat(city.city()).isEqualTo("Bonn");
		assertThat(city.weather()).isEqualTo(Weather.SUN);
		assertThat(city.sights()).hasSize(1);
		assertThat(this.vendors.of(second).asked()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "anthropic", "openai", "ollama" })
	void answerThatDoesNotFitHasTheAnswerInPartial(String vendor) {
		RecordedStream text = RecordedStream.all()
			.stream()
			.filter((stream) -> stream.format().equals(this.vendors.of(vendor).format()) && stream.calls().isEmpty())
			.findFirst()
			.orElseThrow();
		this.vendors.of(vendor).replay(text);
		LlmException failure = catchThrowableOfType(LlmException.class,
				() -> chain(vendor, other(vendor)).invoke(LlmRequest.of("Hi"), City.class));
		assertThat(failure).hasKind(ErrorKind.PROTOCOL).trail().asked(vendor);
		assertThat(failure.partial().text()).isEqualTo(text.text());
	}

	private static String other(String vendor) {
		return vendor.equals("openai") ? "anthropic" : "openai";
	}

	static final class Forecasts {

		final AtomicInteger asked = new AtomicInteger();

		@LlmTool("The weather forecast for a city")
		String weather(@JsonPropertyDescription("Which city") String city) {
			this.asked.incrementAndGet();
			return "dry in " + city;
		}

	}

	@ParameterizedTest
	@CsvSource({ "anthropic, openai", "openai, ollama", "ollama, anthropic" })
	void toolsRunOnceAlsoWhereTheTurnAfterThemFailsOver(String first, String second) {
		Forecasts forecasts = new Forecasts();
		LlmProvider llm = (request) -> {
			if (request.messages().size() > 1) {
				this.vendors.of(first).fail(Fault.CUT);
			}
			return chain(first, second).exchange(request);
		};
		LlmResponse answer = ToolLoop.of(llm).tools(forecasts).run("What is the weather in Bonn and Rome?");
		assertThat(answer.text()).contains("dry in Bonn", "dry in Rome");
		assertThat(forecasts.asked).hasValue(2);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
