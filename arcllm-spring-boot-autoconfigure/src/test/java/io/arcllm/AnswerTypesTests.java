package io.arcllm;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Currency;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Every shape of type that applications declare: what Jackson writes of a value is in the
 * schema and is read back, every schema is strict, and what does not fit names its place.
 */
class AnswerTypesTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	record Item(int count, String name) {
	}

	enum Level {

		@JsonProperty("high")
		HIGH, LOW

	}

	enum Code {

		ONE(1), TWO(2);

		private final int number;

		Code(int number) {
			this.number = number;
		}

		@JsonValue
		int number() {
			return this.number;
		}

	}

	record Optionals(Optional<List<Item>> list, Optional<String> text, List<Optional<String>> texts,
			Optional<Map<String, Item>> map, Optional<List<List<String>>> deep, Optional<Set<Level>> levels,
			Optional<Item> item, OptionalInt number, List<OptionalDouble> numbers) {
	}

	record Nulls(@Nullable List<Item> list, List<@Nullable Item> items, Map<String, @Nullable Item> values,
			List<List<@Nullable String>> deep, @Nullable Level level, @Nullable Code code) {
	}

	record Containers(List<Map<String, Item>> maps, Map<String, List<Item>> lists, Map<Level, Integer> levels,
			Map<Integer, Item> numbers, Collection<String> words, Iterable<String> more, List<List<Item>> grid,
			EnumMap<Level, Integer> counts) {
	}

	record Numbers(byte a, short b, int c, long d, float e, double f, boolean g, char h, Integer i, Long j,
			BigDecimal k, BigInteger l, Code m, Month n) {
	}

	record Times(Instant a, LocalDate b, LocalTime c, LocalDateTime d, OffsetDateTime e, Duration f, YearMonth g,
			ZoneId h, DayOfWeek i, @JsonFormat(pattern = "dd.MM.yyyy") LocalDate j) {
	}

	record Texts(UUID a, URI b, Locale c, Currency d, Email e, Money f, List<Email> g) {
	}

	record Email(@JsonValue String value) {

		@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
		Email {
		}

	}

	record Money(BigDecimal amount) {

		@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
		Money {
		}

		@JsonValue
		BigDecimal value() {
			return this.amount;
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
	sealed interface Shape permits Circle, Square, Many {

	}

	@JsonTypeName("circle")
	record Circle(double radius) implements Shape {
	}

	@JsonTypeName("square")
	record Square(double side) implements Shape {
	}

	sealed interface Many extends Shape permits Group {

	}

	@JsonTypeName("group")
	record Group(List<Shape> shapes, @Nullable Shape first) implements Many {
	}

	record Drawing(List<Shape> shapes, Shape main, @Nullable Shape other, Optional<Shape> third,
			Map<String, Shape> named, Circle circle) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
	@JsonSubTypes({ @JsonSubTypes.Type(Cat.class), @JsonSubTypes.Type(Dog.class) })
	interface Pet {

	}

	record Cat(boolean purrs) implements Pet {
	}

	record Dog(int barks) implements Pet {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
	sealed interface Event permits Came, Went {

	}

	record Came(int at) implements Event {
	}

	record Went(int at) implements Event {
	}

	record Kinds(Pet pet, List<Pet> pets, Event event, List<Event> events) {
	}

	record Tree(String name, @Nullable Tree left, List<Tree> children, Optional<Tree> right, Map<String, Tree> named) {
	}

	record Page<T>(T first, List<T> all) {
	}

	record Pages(Page<Item> items, Page<String> words, Page<List<Item>> lists) {
	}

	@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
	record Named(String firstName, @JsonProperty("the-name") String other, Item innerItem) {
	}

	record Unwrapped(String title, @JsonUnwrapped Item item) {
	}

	@JsonIgnoreProperties("hidden")
	record Told(@JsonProperty(access = JsonProperty.Access.WRITE_ONLY) String secret,
			@Nullable @JsonProperty(access = JsonProperty.Access.READ_ONLY) String made, @Nullable String hidden) {
	}

	static Stream<Object> values() {
		Item item = new Item(1, "a");
		Optionals none = new Optionals(Optional.empty(), Optional.empty(), List.of(Optional.empty()), Optional.empty(),
				Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty(),
				List.of(OptionalDouble.empty()));
		Optionals all = new Optionals(Optional.of(List.of(item)), Optional.of("x"), List.of(Optional.of("y")),
				Optional.of(Map.of("k", item)), Optional.of(List.of(List.of("z"))), Optional.of(Set.of(Level.HIGH)),
				Optional.of(item), OptionalInt.of(7), List.of(OptionalDouble.of(1.5)));
		Nulls nulls = new Nulls(null, java.util.Arrays.asList(item, null), new TreeMap<>(nullAt("k")),
				List.of(java.util.Arrays.asList("a", null)), null, null);
		Containers containers = new Containers(List.of(Map.of("k", item)), Map.of("k", List.of(item)),
				Map.of(Level.HIGH, 1), Map.of(3, item), List.of("w"), List.of("m"), List.of(List.of(item), List.of()),
				new EnumMap<>(Map.of(Level.LOW, 2)));
		Numbers numbers = new Numbers((byte) 1, (short) 2, 3, 9007199254740993L, 1.5f, 2.5, true, 'c', 4, 5L,
				new BigDecimal("12.34"), new BigInteger("123456789012345678901234567890"), Code.TWO, Month.MAY);
		Times times = new Times(Instant.EPOCH, LocalDate.EPOCH, LocalTime.NOON, LocalDateTime.MIN.withYear(2026),
				OffsetDateTime.parse("2026-01-02T03:04:05Z"), Duration.ofMinutes(3), YearMonth.of(2026, 2),
				ZoneId.of("Europe/Berlin"), DayOfWeek.FRIDAY, LocalDate.EPOCH);
		Texts texts = new Texts(UUID.fromString("123e4567-e89b-12d3-a456-426614174000"),
				URI.create("https://example.com"), Locale.GERMANY, Currency.getInstance("EUR"), new Email("a@b.c"),
				new Money(new BigDecimal("1.20")), List.of(new Email("d@e.f")));
		Shape circle = new Circle(1);
		Drawing drawing = new Drawing(List.of(circle, new Group(List.of(new Square(2)), null)), circle, null,
				Optional.of(circle), Map.of("k", new Group(List.of(), circle)), new Circle(3));
		Kinds kinds = new Kinds(new Cat(true), List.of(new Dog(1), new Cat(false)), new Came(1), List.of(new Went(2)));
		Tree leaf = new Tree("leaf", null, List.of(), Optional.empty(), Map.of());
		Tree tree = new Tree("root", leaf, List.of(leaf), Optional.of(leaf), Map.of("k", leaf));
		Pages pages = new Pages(new Page<>(item, List.of(item)), new Page<>("a", List.of("b")),
				new Page<>(List.of(item), List.of()));
		return Stream.of(none, all, nulls, containers, numbers, times, texts, drawing, kinds, tree, pages,
				new Named("a", "b", item), new Unwrapped("t", item), circle);
	}

	private static Map<String, @Nullable Item> nullAt(String key) {
		Map<String, @Nullable Item> map = new TreeMap<>();
		map.put(key, null);
		return map;
	}

	@ParameterizedTest
	@MethodSource("values")
	void whatIsWrittenIsReadBackThroughAStrictSchema(Object value) {
		JsonNode schema = schema(value.getClass());
		assertThat(schema.path("type").asString()).isEqualTo("object");
		assertStrict(schema);
		assertThat(LlmProvider.of("v", (request) -> LlmResponse.of(JSON.writeValueAsString(value)))
			.invoke(LlmRequest.of("hi"), value.getClass())).isEqualTo(value);
	}

	private static JsonNode schema(Class<?> type) {
		return JSON.valueToTree(new TypedAnswer<>(type).ask(LlmRequest.of("hi")).responseFormat().schema());
	}

	private static void assertStrict(JsonNode schema) {
		assertThat(schema.propertyNames()).doesNotContain("allOf", "oneOf", "readOnly", "writeOnly", "not");
		if (schema.has("$ref")) {
			assertThat(schema.propertyNames()).containsExactly("$ref");
		}
		if (schema.has("properties")) {
			assertThat(schema.path("additionalProperties").toString()).isEqualTo("false");
			assertThat(schema.path("required").valueStream().map(JsonNode::asString))
				.containsExactlyElementsOf(schema.path("properties").propertyNames());
		}
		schema.path("properties").values().forEach(AnswerTypesTests::assertStrict);
		schema.path("$defs").values().forEach(AnswerTypesTests::assertStrict);
		schema.path("anyOf").values().forEach(AnswerTypesTests::assertStrict);
		if (schema.has("items")) {
			assertStrict(schema.path("items"));
		}
	}

	@Test
	void nullsStandWhereTheyMayAndNowhereElse() {
		JsonNode properties = schema(Optionals.class).path("properties");
		assertThat(properties.path("list").toString()).contains("[\"array\",\"null\"]")
			.contains("\"items\":{\"$ref\":\"#/$defs/Item\"}");
		assertThat(properties.path("deep").path("items").toString())
			.isEqualTo("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}");
		assertThat(properties.path("texts").path("items").path("type").toString()).isEqualTo("[\"string\",\"null\"]");
		assertThat(schema(Nulls.class).path("properties").path("values").path("additionalProperties").toString())
			.contains("null");
	}

	@Test
	void eachTypeBelowASealedOneSaysWhichItIs() {
		JsonNode schema = schema(Drawing.class);
		assertThat(schema.path("properties").path("main").path("anyOf").valueStream().map(JsonNode::toString))
			.containsExactly("{\"$ref\":\"#/$defs/Circle\"}", "{\"$ref\":\"#/$defs/Group\"}",
					"{\"$ref\":\"#/$defs/Square\"}");
		assertThat(schema.path("$defs").path("Circle").path("properties").toString())
			.isEqualTo("{\"type\":{\"type\":\"string\",\"const\":\"circle\"},\"radius\":{\"type\":\"number\"}}");
	}

	@Test
	void whatAnswersDoNotSayIsNotAskedFor() {
		assertThat(schema(Told.class).path("properties").propertyNames()).containsExactly("secret");
		assertThat(schema(Times.class).path("properties").path("j").toString()).contains("dd.MM.yyyy")
			.doesNotContain("format");
		assertThat(schema(Times.class).path("properties").path("c").has("format")).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					{"shapes":[{"type":"circle","radius":"x"}]}                  | shapes[0].radius
					{"shapes":[{"type":"circle"}]}                               | shapes[0].radius
					{"shapes":[{"type":"group","first":null,"shapes":[{"type":"square","side":null}]}]} | shapes[0].shapes[0].side
					{"shapes":[{"type":"oval","radius":1}]}                      | shapes[0]
					{"shapes":[{"radius":1}]}                                    | shapes[0]
					{"shapes":[null]}                                            | shapes[0]
					{"shapes":[],"main":null}                                    | main
					{"shapes":[],"main":{"type":"circle","radius":1},"other":null,"third":null,"named":{"k":null}} | named.k
					{"shapes":[],"main":{"type":"circle","radius":1},"other":null,"third":null,"named":{},"circle":{"type":"square","side":1}} | circle
					""")
	void whatDoesNotFitNamesItsPlace(String json, String place) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(
				() -> LlmProvider.of("v", (request) -> LlmResponse.of(json)).invoke(LlmRequest.of("hi"), Drawing.class))
			.satisfies((failure) -> {
				assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
				assertThat(failure).hasMessageContaining("'" + place);
				assertThat(failure.partial().text()).isEqualTo(json);
			});
	}

	record Amount(BigDecimal amount, int count) {
	}

	@Test
	void amountsKeepTheirDigitsAndNumbersThatAreTooLargeDoNotFit() {
		assertThat(TypedAnswer.types().read("{\"amount\":12345678901234567890.120,\"count\":2.0}", Amount.class))
			.isEqualTo(new Amount(new BigDecimal("12345678901234567890.120"), 2));
		for (String count : List.of("1e999999999", "99999999999", "1e10", "1.5")) {
			assertThatIllegalArgumentException().isThrownBy(
					() -> TypedAnswer.types().read("{\"amount\":1e999999999,\"count\":" + count + "}", Amount.class));
		}
	}

	record Chain(String name, Chain next) {
	}

	record First(Second second) {
	}

	record Second(String name, First first) {
	}

	record Unmarked(List<Plain> plain) {
	}

	sealed interface Plain permits PlainA, PlainB {

	}

	record PlainA(int a) implements Plain {
	}

	record PlainB(int b) implements Plain {
	}

	record Later(Supplier<String> text) {
	}

	@ParameterizedTest
	@ValueSource(classes = { Chain.class, First.class, Unmarked.class, Later.class, Shape.class })
	void whatNoAnswerCouldBeReadIntoIsRefusedBeforeAnythingIsSent(Class<?> type) {
		LlmProvider unasked = (request) -> {
			throw new AssertionError("asked");
		};
		assertThatIllegalArgumentException().isThrownBy(() -> unasked.invoke(LlmRequest.of("hi"), type));
		assertThatIllegalArgumentException().isThrownBy(() -> unasked.invokeAsync(LlmRequest.of("hi"), type).block());
	}

	record Ring(@JsonPropertyDescription("A description") Shape shape, List<@Nullable Integer> numbers) {

		@LlmTool("Draws")
		String draw(List<@Nullable String> words, Optional<List<Item>> items, Map<String, @Nullable Integer> counts,
				Shape shape) {
			return words + " " + items + " " + counts + " " + shape;
		}

	}

	@Test
	void parametersOfToolsAreDescribedTheSameWay() {
		ToolFunction tool = ToolFunction.of(new Ring(new Circle(1), List.of())).get(0);
		JsonNode properties = JSON.valueToTree(tool.tool().parameters().get("properties"));
		assertThat(properties.path("words").path("items").toString()).contains("null");
		assertThat(properties.path("items").path("items").path("anyOf").isMissingNode()).isTrue();
		assertThat(properties.path("shape").path("anyOf").size()).isEqualTo(3);
		String arguments = """
				{"words":["a",null],"items":null,"counts":{"k":null},"shape":{"type":"circle","radius":2}}""";
		assertThat(tool.call(new ToolCall("1", "draw", arguments, JSON.readValue(arguments, Map.class))).content())
			.asString()
			.contains("[a, null] Optional.empty {k=null} Circle[radius=2.0]");
	}

}
