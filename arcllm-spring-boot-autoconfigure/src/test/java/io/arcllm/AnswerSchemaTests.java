package io.arcllm;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What schemas say of the types that applications write, in words that vendors take, and
 * that answers which they describe are read.
 */
class AnswerSchemaTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	enum Size {

		@JsonProperty("small")
		SMALL, LARGE

	}

	record Place(String city, @JsonPropertyDescription("Five digits") int zip) {
	}

	record Page<T>(List<T> items, int total) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	@JsonSubTypes({ @JsonSubTypes.Type(name = "dog", value = Dog.class),
			@JsonSubTypes.Type(name = "cat", value = Cat.class) })
	sealed interface Pet {

	}

	record Dog(int barks) implements Pet {
	}

	record Cat(boolean purrs) implements Pet {
	}

	@JsonClassDescription("An order")
	record Order(@JsonPropertyDescription("Where it goes") Place to, Place from, LocalDate day, Instant at,
			Duration took, UUID id, URI link, OptionalInt count, Optional<Place> stop, Map<String, Integer> prices,
			Size size, @Nullable Size other, Page<Place> page, List<@Nullable String> notes, Pet pet, byte[] proof,
			@JsonProperty("snake_name") String name, BigDecimal amount, String[] words, Set<Size> sizes, Boolean paid,
			long number) {
	}

	record Tree(String name, List<Tree> children, @JsonPropertyDescription("Above") @Nullable Tree parent) {
	}

	record Even(@Nullable Odd next) {
	}

	record Odd(List<Even> next) {
	}

	@JsonPropertyOrder("second")
	static class Bean {

		private String first;

		public @Nullable Integer second;

		@JsonIgnore
		public String hidden;

		public String getFirst() {
			return this.first;
		}

		public void setFirst(String first) {
			this.first = first;
		}

	}

	static final class Empty {

	}

	abstract static class Unfinished {

		public String word;

	}

	final class Inner {

		public String word;

	}

	private static JsonNode schema(Class<?> type) {
		return JSON.valueToTree(TypedAnswer.types().schema(type));
	}

	@Test
	void propertiesAreInTheOrderInWhichTheyAreDeclared() {
		assertThat(schema(Order.class).path("properties").propertyNames()).startsWith("to", "from", "day")
			.endsWith("sizes", "paid", "number");
		assertThat(schema(Bean.class).path("properties").propertyNames()).containsExactly("second", "first");
	}

	@Test
	void formatsAreThoseThatVendorsKnow() {
		JsonNode properties = schema(Order.class).path("properties");
		assertThat(properties.path("day").path("format").asString()).isEqualTo("date");
		assertThat(properties.path("at").path("format").asString()).isEqualTo("date-time");
		assertThat(properties.path("took").path("format").asString()).isEqualTo("duration");
		assertThat(properties.path("id").path("format").asString()).isEqualTo("uuid");
		assertThat(properties.path("link").has("format")).isFalse();
	}

	@Test
	void descriptionsStandBesideNoReference() {
		JsonNode to = schema(Order.class).path("properties").path("to");
		assertThat(to.path("description").asString()).isEqualTo("Where it goes");
		assertThat(to.path("anyOf").path(0).path("$ref").asString()).isEqualTo("#/$defs/Place");
		assertThat(to.has("$ref")).isFalse();
		assertThat(schema(Order.class).path("description").asString()).isEqualTo("An order");
		assertThat(schema(Tree.class).path("properties").path("parent").path("description").asString())
			.isEqualTo("Above");
	}

	@Test
	void enumsHaveTheNamesThatAreRead() {
		JsonNode properties = schema(Order.class).path("properties");
		assertThat(properties.path("size").path("enum").toString()).isEqualTo("[\"small\",\"LARGE\"]");
		assertThat(properties.path("other").toString()).contains("null");
	}

	@ParameterizedTest
	@ValueSource(classes = { Order.class, Tree.class, Even.class, Odd.class, Bean.class })
	void rootIsAClosedObjectAndSoIsEachOther(Class<?> type) {
		JsonNode schema = schema(type);
		assertThat(schema.path("type").asString()).isEqualTo("object");
		assertThat(schema.has("$ref") || schema.has("anyOf")).isFalse();
		assertClosed(schema);
	}

	private static void assertClosed(JsonNode node) {
		if (node.path("properties").isObject() && node.path("type").isString()) {
			assertThat(node.path("additionalProperties").toString()).isEqualTo("false");
			assertThat(node.path("required").valueStream().map(JsonNode::asString))
				.containsExactlyInAnyOrderElementsOf(node.path("properties").propertyNames());
		}
		node.values().forEach(AnswerSchemaTests::assertClosed);
	}

	@Test
	void everythingIsRead() {
		String json = """
				{"to":{"city":"Bonn","zip":1},"from":{"city":"Ulm","zip":2},"day":"2026-01-02",
				"at":"2026-01-02T03:04:05Z","took":"PT1M","id":"123e4567-e89b-12d3-a456-426614174000",
				"link":"https://example.com","count":null,"stop":null,"prices":{"a":1},"size":"small","other":null,
				"page":{"items":[{"city":"Rom","zip":3}],"total":1},"notes":[null,"x"],"pet":{"kind":"dog","barks":2},
				"proof":"AQI=","snake_name":"n","amount":1.25,"words":["a"],"sizes":["LARGE"],"paid":true,
				"number":9007199254740993}""";
		Order order = TypedAnswer.types().read(json, Order.class);
		assertThat(order.to()).isEqualTo(new Place("Bonn", 1));
		assertThat(order.took()).isEqualTo(Duration.ofMinutes(1));
		assertThat(order.count()).isEmpty();
		assertThat(order.stop()).isEmpty();
		assertThat(order.size()).isEqualTo(Size.SMALL);
		assertThat(order.notes()).containsExactly(null, "x");
		assertThat(order.page().items()).containsExactly(new Place("Rom", 3));
		assertThat(order.pet()).isEqualTo(new Dog(2));
		assertThat(order.proof()).containsExactly(1, 2);
		assertThat(order.number()).isEqualTo(9007199254740993L);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TypedAnswer.types().read(json.replace("[\"a\"]", "[null]"), Order.class))
			.withMessageContaining("words[0]");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TypedAnswer.types().read(json.replace("2026-01-02\"", "tomorrow\""), Order.class))
			.withMessageNotContaining("tomorrow");
	}

	@Test
	void oneOfTwoTypesThatHoldEachOtherIsRead() {
		assertThat(TypedAnswer.types().read("{\"next\":{\"next\":[{\"next\":null}]}}", Even.class))
			.isEqualTo(new Even(new Odd(List.of(new Even(null)))));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TypedAnswer.types().read("{\"next\":{\"next\":[{\"next\":7}]}}", Even.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { Empty.class, Unfinished.class, Inner.class, Pet.class })
	void whatCannotBeMadeIsRefused(Class<?> type) {
		assertThatIllegalArgumentException().isThrownBy(() -> new TypedAnswer<>(type))
			.withMessageContaining(type.getName());
	}

	@Test
	void nameOfTheFormatHasTheCharactersThatVendorsTake() {
		record Größe(int wert) {
		}
		assertThat(new TypedAnswer<>(Größe.class).ask(LlmRequest.of("hi")).responseFormat().name())
			.matches("[a-zA-Z0-9_-]{1,64}");
	}

}
