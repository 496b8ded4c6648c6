package io.arcllm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what conversations and answers become when they are kept: JSON, by mappers as
 * applications set them up, and Java serialization for failures.
 */
class KeptConversationTests {

	private static final Target TARGET = new Target("anthropic", "claude-sonnet-4-5");

	static Stream<JsonMapper> mappers() {
		return Stream.of(JsonMapper.builder().build(),
				JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build(),
				JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE).build(),
				leavingOut(JsonInclude.Include.NON_NULL), leavingOut(JsonInclude.Include.NON_EMPTY),
				leavingOut(JsonInclude.Include.NON_DEFAULT),
				JsonMapper.builder()
					.enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
					.enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
					.enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
					.build(),
				JsonMapper.builder()
					.changeDefaultVisibility(
							(visible) -> visible.withVisibility(PropertyAccessor.GETTER, Visibility.NONE)
								.withVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
								.withVisibility(PropertyAccessor.FIELD, Visibility.ANY))
					.build(),
				JsonMapper.builder()
					.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
					.enable(SerializationFeature.INDENT_OUTPUT)
					.propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
					.changeDefaultPropertyInclusion(
							(inclusion) -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
					.build());
	}

	private static JsonMapper leavingOut(JsonInclude.Include include) {
		return JsonMapper.builder()
			.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.changeDefaultPropertyInclusion((inclusion) -> inclusion.withValueInclusion(include))
			.build();
	}

	private static List<Message> conversation() {
		Map<String, Object> arguments = new LinkedHashMap<>();
		arguments.put("city", "Oslo");
		arguments.put("days", 3);
		ToolCall call = new ToolCall("a", "weather", "{\"city\":\"Oslo\",\"days\":3}", arguments,
				new ToolCall.VendorData("{\"google\":{\"thought_signature\":\"sig\"}}", "gemini"));
		return List.of(Message.system("be brief").cacheable(),
				Message.user(new Content.Text("look").cacheable(), Content.Image.of("image/png", new byte[] { 1, 2 }),
						Content.Image.of(URI.create("https://example.com/a.png")), Content.Document
							.of("application/pdf", new byte[] { 3 }, "a.pdf")),
				Message.assistant(List.of(new Content.Thinking("t1", "s1", null, "anthropic"), call,
						new Content.Thinking("", null, "hidden", "anthropic"),
						new Content.Opaque("{\"type\":\"server_tool_use\",\"id\":\"x\"}", "anthropic"),
						new Content.Text("so"), new ToolCall("b", "broken", "{\"a", null))),
				Message.toolResults(new Content.ToolResult("a",
						List.of(new Content.Text("rain"), Content.Image.of("image/png", new byte[] { 4 })), false),
						Content.ToolResult.error("b", "no")));
	}

	private static LlmResponse answer() {
		Attempt attempt = Attempt.skipped(TARGET, Duration.ofMillis(12), ErrorKind.CIRCUIT_OPEN, "its breaker is open");
		return LlmResponse.builder()
			.content(conversation().get(2).content())
			.usage(new Usage(10, 20, 5, null, 0))
			.target(TARGET)
			.requestId("req_1")
			.cost(new Cost(new BigDecimal("0.00300"), "USD"))
			.trail(new Trail(List.of(attempt)))
			.stale(true)
			.age(Duration.ofSeconds(90))
			.build()
			.withRaw(new RawBody("secret words".getBytes(StandardCharsets.UTF_8)));
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void conversationComesBackAsItWas(JsonMapper mapper) {
		String json = mapper.writeValueAsString(conversation());

		assertThat(mapper.readValue(json, new TypeReference<List<Message>>() {
		})).isEqualTo(conversation());
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void contentWrittenWithoutItsStaticTypeHasItsType(JsonMapper mapper) {
		List<Object> parts = new ArrayList<>(conversation().get(2).content());

		String json = mapper.writeValueAsString(parts);

		assertThat(mapper.readValue(json, new TypeReference<List<Content>>() {
		})).isEqualTo(parts);
		assertThat(json.replace(" ", "")).contains("\"type\":\"thinking\"", "\"type\":\"tool_use\"",
				"\"type\":\"opaque\"");
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void partComesBackAsItsOwnType(JsonMapper mapper) {
		String json = mapper.writeValueAsString(new Content.Text("hi"));

		assertThat(mapper.readValue(json, Content.Text.class)).isEqualTo(new Content.Text("hi"));
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void requestComesBackAsItWas(JsonMapper mapper) {
		LlmRequest request = LlmRequest.builder()
			.messages(conversation())
			.tools(Tool.of("weather", "tells it", Map.of("type", "object")).cacheable())
			.toolChoice(ToolChoice.tool("weather"))
			.model("m")
			.maxTokens(0)
			.temperature(0.0)
			.stop("END")
			.responseFormat(ResponseFormat.jsonSchema("s", Map.of("type", "object")))
			.reasoningEffort(ReasoningEffort.LOW)
			.metadata(new RequestMetadata("acme", "s1", Map.of("team", "a")))
			.options(Map.of("top_k", 3))
			.callOptions((options) -> options.retry(false).deadline(Duration.ofSeconds(5)).chain("openai"))
			.streaming(true)
			.build();

		assertThat(mapper.readValue(mapper.writeValueAsString(request), LlmRequest.class)).isEqualTo(request);
		assertThat(mapper.readValue(mapper.writeValueAsString(LlmRequest.of("hi")), LlmRequest.class))
			.isEqualTo(LlmRequest.of("hi"));
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void answerComesBackWithoutItsRawBody(JsonMapper mapper) {
		String json = mapper.writeValueAsString(answer());

		assertThat(json).doesNotContain("secret words").doesNotContain("length");
		assertThat(mapper.readValue(json, LlmResponse.class)).isEqualTo(answer().withRaw(null));
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void eventsComeBackAsTheyWere(JsonMapper mapper) {
		List<LlmEvent> events = List.of(new LlmEvent.TextDelta("a"), new LlmEvent.ThinkingDelta("b"),
				new LlmEvent.ToolCallDelta(0, "i", "n", ""), new LlmEvent.Restarted(TARGET, "broke"),
				new LlmEvent.Completed(answer().withRaw(null)));

		String json = mapper.writeValueAsString(new ArrayList<Object>(events));

		assertThat(mapper.readValue(json, new TypeReference<List<LlmEvent>>() {
		})).isEqualTo(events);
		assertThat(mapper.writeValueAsString(events.get(0)).replace(" ", "")).contains("\"type\":\"text_delta\"");
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void trailComesBackAsItWas(JsonMapper mapper) {
		Trail trail = new Trail(List.of(new Attempt(TARGET, Attempt.Outcome.FAILED, Duration.ZERO, Duration.ofMillis(3),
				null, Duration.ofSeconds(1), ErrorKind.RATE_LIMITED, "too many", 429, "req", Usage.of(1, 2),
				Instant.parse("2026-01-01T00:00:00.123456789Z"), null, Attempt.Cause.RETRY, List.of("temperature"))));

		assertThat(mapper.readValue(mapper.writeValueAsString(trail), Trail.class)).isEqualTo(trail);
	}

	/** As stores keep values whose type nothing else tells. */
	static Stream<JsonMapper> typingMappers() {
		BasicPolymorphicTypeValidator all = BasicPolymorphicTypeValidator.builder()
			.allowIfSubType(Object.class)
			.build();
		return Stream.of(
				JsonMapper.builder()
					.activateDefaultTypingAsProperty(all, DefaultTyping.NON_FINAL_AND_RECORDS, "@class")
					.build(),
				JsonMapper.builder().activateDefaultTyping(all, DefaultTyping.NON_FINAL).build(),
				JsonMapper.builder().activateDefaultTyping(all, DefaultTyping.OBJECT_AND_NON_CONCRETE).build());
	}

	@ParameterizedTest
	@MethodSource("typingMappers")
	void comesBackThroughMappersThatWriteTheirOwnTypes(JsonMapper mapper) {
		LlmRequest request = LlmRequest.builder()
			.messages(conversation())
			.tools(Tool.of("weather", "tells it", Map.of("type", "object")))
			.metadata(new RequestMetadata("acme", "s1", Map.of("team", "a")))
			.options(Map.of("top_k", 3))
			.callOptions((options) -> options.retry(false).chain("openai"))
			.build();
		assertThat(mapper.readValue(mapper.writeValueAsString(request), LlmRequest.class)).isEqualTo(request);
		LlmResponse answer = answer().withRaw(null);
		assertThat(mapper.readValue(mapper.writeValueAsString(answer), LlmResponse.class)).isEqualTo(answer);
		assertThat(mapper.readValue(mapper.writeValueAsString(answer.trail()), Trail.class)).isEqualTo(answer.trail());
		LlmEvent event = new LlmEvent.Completed(answer);
		assertThat(mapper.readValue(mapper.writeValueAsString(event), LlmEvent.class)).isEqualTo(event);
		Message message = conversation().get(2);
		assertThat(mapper.readValue(mapper.writeValueAsString(message), Message.class)).isEqualTo(message);
	}

	@Test
	void comesBackFromAStoreThatReadsObjects() {
		JsonMapper mapper = typingMappers().findFirst().orElseThrow();
		List<Object> kept = List.of(answer().withRaw(null), new ArrayList<>(conversation()), LlmRequest.of("hi"),
				answer().trail());
		for (Object value : kept) {
			assertThat(mapper.readValue(mapper.writerFor(Object.class).writeValueAsString(value), Object.class))
				.isEqualTo(value);
		}
	}

	record Holder(Object part, Object[] parts, Map<String, Object> named) {
	}

	@ParameterizedTest
	@MethodSource("mappers")
	@SuppressWarnings({ "rawtypes", "unchecked" })
	void typeStandsWhereverNoStaticTypeIs(JsonMapper mapper) {
		LlmEvent event = new LlmEvent.TextDelta("a");
		Content content = Content.Image.of(URI.create("https://example.com/a.png"));
		List raw = new ArrayList(List.of(event, content));
		Holder holder = new Holder(event, new Object[] { content }, Map.of("event", event, "list", raw));

		JsonNode json = mapper.readTree(mapper.writeValueAsString(holder));

		List<String> types = new ArrayList<>();
		collectTypes(json, types);
		assertThat(types).containsOnly("text_delta", "image", "link").hasSize(7);
		assertThat(mapper.readValue(mapper.writeValueAsString(raw.get(0)), LlmEvent.class)).isEqualTo(event);
		assertThat(mapper.readValue(mapper.writeValueAsString(new Object[] { content }), Content[].class))
			.containsExactly(content);
		assertThat(mapper.convertValue(Map.of("x", content), new TypeReference<Map<String, Content>>() {
		})).containsEntry("x", content);
	}

	private static void collectTypes(JsonNode json, List<String> types) {
		for (Map.Entry<String, JsonNode> property : json.properties()) {
			if (property.getKey().equalsIgnoreCase("type")) {
				types.add(property.getValue().asString());
			}
		}
		json.values().forEach((value) -> collectTypes(value, types));
	}

	@Test
	void detailsOfAFailureAreToldWithoutTheVendorsBody() {
		ErrorDetails details = LlmException.of(ErrorKind.OVERLOADED, "busy")
			.body("the user's words")
			.partial(LlmResponse.of("half an answer"))
			.build()
			.details();

		assertThat(JsonMapper.builder().build().writeValueAsString(details)).contains("OVERLOADED")
			.doesNotContain("the user's words", "half an answer");
	}

	@Test
	void failureSurvivesJavaSerialization() throws Exception {
		LlmException other = LlmException.of(ErrorKind.RATE_LIMITED, "too many").status(429).build();
		LlmException failure = LlmException.of(ErrorKind.OVERLOADED, "it is too busy")
			.target(TARGET)
			.status(503)
			.retryAfter(Duration.ofSeconds(3))
			.partial(LlmResponse.of("x"))
			.cause(new IllegalStateException() {
				@SuppressWarnings("unused")
				private final Object unserializable = new Object();

			})
			.build()
			.exhausted("anthropic -> openai", List.of(other))
			.withTrail(answer().trail());

		LlmException back = (LlmException) copy(failure);

		assertThat(back.kind()).isEqualTo(ErrorKind.OVERLOADED);
		assertThat(back.status()).isEqualTo(503);
		assertThat(back.getMessage()).isEqualTo(failure.getMessage());
		assertThat(back.retryAfter()).isEqualTo(Duration.ofSeconds(3));
		assertThat(back.model()).isEqualTo("claude-sonnet-4-5");
		assertThat(back.trail()).isEqualTo(Trail.EMPTY);
		assertThat(back.others()).singleElement().extracting(LlmException::status).isEqualTo(429);
		assertThat(back.getStackTrace()).isEqualTo(failure.getStackTrace());
	}

	private static Object copy(Object object) throws IOException, ClassNotFoundException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		new ObjectOutputStream(bytes).writeObject(object);
		return new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
	}

}
