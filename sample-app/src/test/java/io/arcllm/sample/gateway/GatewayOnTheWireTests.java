package io.arcllm.sample.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.arcllm.sample.gateway.WantingVendors.Vendor;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The gateway between real sockets: what vendors want back comes back to them, and each
 * caller gets its own answer.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = { "simulator.enabled=false",
		"gateway.models=any", "arcllm.profile=none", "arcllm.modules.streams.upstream=as-asked" })
class GatewayOnTheWireTests {

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private static final WantingVendors VENDORS = new WantingVendors();

	private static final MockWebServer SERVER = VENDORS.start();

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void vendors(DynamicPropertyRegistry registry) {
		for (Vendor vendor : Vendor.values()) {
			String key = "arcllm.providers." + vendor.provider() + ".";
			registry.add(key + "base-url", () -> SERVER.url("/" + vendor.provider() + "/v1").toString());
			registry.add(key + "preset", vendor::preset);
			registry.add(key + "api-key", () -> "k");
			registry.add(key + "model", vendor::model);
			registry.add(key + "modules.fallback.enabled", () -> "true");
			registry.add(key + "modules.fallback.chain", () -> "strict");
		}
		for (String name : List.of("slow", "slower", "strict")) {
			String key = "arcllm.providers." + name + ".";
			registry.add(key + "type", () -> "openai");
			registry.add(key + "base-url", () -> SERVER.url("/" + name + "/v1").toString());
			registry.add(key + "model", () -> "m");
		}
		registry.add("arcllm.providers.private.preset", () -> "openrouter");
		registry.add("arcllm.providers.private.base-url", () -> SERVER.url("/private/v1").toString());
		registry.add("arcllm.providers.private.api-key", () -> "k");
		registry.add("arcllm.providers.private.model", () -> "google/gemini-3-pro");
		registry.add("arcllm.providers.private.modules.redaction.enabled", () -> "true");
		String modules = "arcllm.providers.slow.modules.";
		registry.add(modules + "fallback.enabled", () -> "true");
		registry.add(modules + "fallback.chain", () -> "slower");
		registry.add(modules + "hedge.enabled", () -> "true");
		registry.add(modules + "hedge.allow-tools", () -> "true");
		registry.add(modules + "hedge.after", () -> "100ms");
		registry.add(modules + "hedge.burst", () -> "10");
		registry.add(modules + "streams.upstream", () -> "always");
	}

	@AfterAll
	static void stop() {
		SERVER.close();
	}

	static Stream<Arguments> loops() {
		return Stream.of(Vendor.values())
			.flatMap((vendor) -> Stream.of(false, true).map((streamed) -> Arguments.of(vendor, streamed)));
	}

	@ParameterizedTest
	@MethodSource("loops")
	void toolLoopGivesTheVendorBackWhatItWants(Vendor vendor, boolean streamed) throws Exception {
		assertThat(loop(vendor, streamed, "Weather in Oslo and Rome?").path("content").asString()).isEqualTo("done");
	}

	@ParameterizedTest
	@MethodSource("loops")
	void anotherVendorGoesOnWithTheLoopAndGetsNothingOfTheFirst(Vendor vendor, boolean streamed) throws Exception {
		assertThat(loop(vendor, streamed, WantingVendors.DOWN).path("content").asString()).isEqualTo("strict");
	}

	private JsonNode loop(Vendor vendor, boolean streamed, String question) throws Exception {
		ObjectNode request = request(vendor, streamed, question);
		JsonNode turn = ask(request, streamed);
		assertThat(turn.path("tool_calls")).as(turn.toString()).hasSize(2);

		ArrayNode messages = request.withArray("messages");
		messages.add(turn);
		turn.path("tool_calls")
			.forEach((call) -> messages.addObject()
				.put("role", "tool")
				.put("tool_call_id", call.path("id").asString())
				.put("content", "4 degrees"));
		return ask(request, streamed);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void eachCallerGetsItsOwnAnswerWhateverComesBeforeIt(boolean streamed) {
		List<String> wrong = Flux.range(0, 240)
			.flatMap((number) -> Mono
				.fromFuture(() -> CLIENT.sendAsync(
						post(request(vendor(number), streamed, "question-" + number), number % 2 == 0),
						HttpResponse.BodyHandlers.ofString()))
				.filter((answer) -> answer.statusCode() != 200
						|| !turn(answer.body(), streamed).path("content").asString().equals("question-" + number))
				.map((answer) -> number + ": " + answer.statusCode() + " " + answer.body()), 6)
			.collectList()
			.block(Duration.ofSeconds(40));
		assertThat(wrong).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void targetThatAnswersIsNamedAlsoWhereAnotherWasAskedAfterIt(boolean streamed) throws Exception {
		ObjectNode request = request(Vendor.DEEPSEEK, streamed, WantingVendors.HESITATE).put("model", "slow");
		HttpResponse<String> answer = CLIENT.send(post(request, false), HttpResponse.BodyHandlers.ofString());
		assertThat(turn(answer.body(), streamed).path("content").asString()).as(answer.body()).isEqualTo("slow");
		assertThat(answer.headers().firstValue("x-arcllm-provider")).hasValue("slow");
		assertThat(answer.headers().firstValue("x-arcllm-attempts")).hasValue("2");
	}

	/** The details repeat the thoughts, of which an address is taken out. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void detailsInWhichADetectorFindsSomethingAreHeldBack(boolean streamed) throws Exception {
		ObjectNode request = request(Vendor.OPENROUTER, streamed, "Whose?").put("model", "private");
		HttpResponse<String> answer = CLIENT.send(post(request, false), HttpResponse.BodyHandlers.ofString());
		assertThat(turn(answer.body(), streamed).path("content").asString()).isEqualTo("Hers");
		assertThat(turn(answer.body(), streamed).path("reasoning_content").asString()).isEqualTo("of [EMAIL]");
		assertThat(answer.body()).doesNotContain("@example.com", "reasoning_details");
	}

	private static Vendor vendor(int number) {
		return Vendor.values()[number % Vendor.values().length];
	}

	private static ObjectNode request(Vendor vendor, boolean streamed, String question) {
		ObjectNode request = Fields.MAPPER.createObjectNode();
		request.put("model", vendor.provider()).put("stream", streamed).put("reasoning_effort", "medium");
		request.withArray("messages").addObject().put("role", "user").put("content", question);
		request.withArray("tools")
			.addObject()
			.put("type", "function")
			.putObject("function")
			.put("name", "get_weather")
			.putObject("parameters")
			.put("type", "object")
			.putObject("properties")
			.putObject("city")
			.put("type", "string");
		return request;
	}

	private JsonNode ask(ObjectNode request, boolean streamed) throws Exception {
		HttpResponse<String> answer = CLIENT.send(post(request, false), HttpResponse.BodyHandlers.ofString());
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return turn(answer.body(), streamed);
	}

	private HttpRequest post(ObjectNode request, boolean waitsForContinue) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/v1/chat/completions"))
			.header("content-type", "application/json")
			.expectContinue(waitsForContinue)
			.timeout(Duration.ofSeconds(20))
			.POST(HttpRequest.BodyPublishers.ofString(request.toString()))
			.build();
	}

	/** The turn as clients keep it: a stream is put together as OpenAI's own SDK does. */
	private static JsonNode turn(String body, boolean streamed) {
		if (!streamed) {
			return Fields.MAPPER.readTree(body).at("/choices/0/message");
		}
		ObjectNode turn = Fields.MAPPER.createObjectNode();
		body.lines()
			.filter((line) -> line.startsWith("data: {"))
			.map((line) -> Fields.MAPPER.readTree(line.substring(6)).at("/choices/0/delta"))
			.forEach((delta) -> add(turn, delta));
		return turn;
	}

	private static void add(ObjectNode turn, JsonNode delta) {
		delta.properties().forEach((field) -> {
			JsonNode known = turn.get(field.getKey());
			JsonNode more = field.getValue();
			if (known == null || known.isNull()) {
				turn.set(field.getKey(), more.deepCopy());
			}
			else if (more.isString() && !field.getKey().equals("role") && !field.getKey().equals("type")) {
				turn.put(field.getKey(), known.asString() + more.asString());
			}
			else if (more.isObject()) {
				add((ObjectNode) known, more);
			}
			else if (more.isArray()) {
				more.forEach((element) -> addElement((ArrayNode) known, element));
			}
		});
	}

	private static void addElement(ArrayNode known, JsonNode element) {
		IntStream.range(0, known.size())
			.mapToObj(known::get)
			.filter((one) -> one.has("index") && one.path("index").equals(element.path("index"))
					&& one.path("type").asString("").equals(element.path("type").asString("function")))
			.findFirst()
			.ifPresentOrElse((one) -> add((ObjectNode) one, element), () -> known.add(element));
	}

}
