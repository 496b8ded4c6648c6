package io.arcllm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonPOJOBuilder;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Classes whose JSON is not that of their fields: asked for is what Jackson reads, no
 * more and no less.
 */
class AnswerClassesTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	record Item(int count, String name) {
	}

	static class Setters {

		private String theName;

		private List<Item> all = List.of();

		@JsonPropertyDescription("The name")
		public void setName(String name) {
			this.theName = name;
		}

		public void setItems(List<@Nullable Item> items) {
			this.all = items;
		}

		public void setNick(@Nullable String nick) {
			this.theName += nick;
		}

		@Override
		public String toString() {
			return this.theName + this.all;
		}

	}

	static class Getters {

		private @Nullable String text;

		private String other;

		private int secret;

		public @Nullable String getText() {
			return this.text;
		}

		public String getOther() {
			return this.other;
		}

		@Override
		public String toString() {
			return this.text + this.other + this.secret;
		}

	}

	static class OfNullableGetter {

		private String text;

		@Nullable public String getText() {
			return this.text;
		}

		public void setText(String text) {
			this.text = text;
		}

		@Override
		public String toString() {
			return "text " + this.text;
		}

	}

	static final class Made {

		private final int sum;

		private Made(int sum) {
			this.sum = sum;
		}

		@JsonCreator
		static Made of(@JsonProperty("left") int left, @JsonProperty("right") @Nullable Integer right) {
			return new Made(left + ((right == null) ? 0 : right));
		}

		@Override
		public String toString() {
			return String.valueOf(this.sum);
		}

	}

	static final class Constructed {

		private final String whole;

		public Constructed(String first, List<Item> items) {
			this.whole = first + items;
		}

		@Override
		public String toString() {
			return this.whole;
		}

	}

	@JsonDeserialize(builder = Built.Builder.class)
	static final class Built {

		private final String text;

		private Built(String text) {
			this.text = text;
		}

		@Override
		public String toString() {
			return this.text;
		}

		@JsonPOJOBuilder(withPrefix = "")
		static final class Builder {

			private String words = "";

			Builder title(String title) {
				this.words += title;
				return this;
			}

			Builder count(int count) {
				this.words += count;
				return this;
			}

			Built build() {
				return new Built(this.words);
			}

		}

	}

	static class Base {

		public String base;

		@JsonIgnore
		public String ignored;

		public transient String passing;

	}

	static class Derived extends Base {

		public int more;

		@Override
		public String toString() {
			return this.base + this.more;
		}

	}

	static class Items extends ArrayList<Item> {

	}

	static class Prices extends HashMap<String, Integer> {

	}

	record Collections(Items items, Prices prices, @Nullable Items more) {
	}

	record Prefixed(String title, @JsonUnwrapped(prefix = "from_") Item from,
			@JsonUnwrapped(prefix = "to_", suffix = "_x") Item to) {
	}

	record Renamed(@JsonProperty("last-name") @JsonAlias("surname") String lastName,
			@JsonAlias("nick") @Nullable String nickName) {
	}

	static class Parent {

		public String name;

		@JsonManagedReference
		public List<Child> children = List.of();

		@Override
		public String toString() {
			return this.name + this.children.stream().map((child) -> child.name + "/" + child.parent.name).toList();
		}

	}

	static class Child {

		public String name;

		@JsonBackReference
		public Parent parent;

	}

	record Page<T>(List<T> items, @Nullable T first) {
	}

	static class Pages extends Paged<Item> {

		public Page<Map<String, Item>> deep;

		@Override
		public String toString() {
			return "" + this.page + this.deep;
		}

	}

	abstract static class Paged<T> {

		protected Page<T> page;

		public void setPage(Page<T> page) {
			this.page = page;
		}

	}

	record Bounded(int percent) {

		Bounded {
			if (percent > 100) {
				throw new IllegalArgumentException("secret " + percent);
			}
		}

	}

	record OfBounded(List<Bounded> parts) {
	}

	record Nothing() {
	}

	record OfNothing(String text, Nothing nothing) {
	}

	@JsonDeserialize(as = Cat.class)
	interface Pet {

		String name();

	}

	record Cat(String name) implements Pet {
	}

	record Pets(Pet pet, List<? extends Pet> all, Map<String, ? extends Number> ages) {
	}

	record Ignoring(String text, @JsonIgnore String other, @JsonIgnore @Nullable Item item) {
	}

	static class Open {

		public String text;

		private final Map<String, Object> others = new HashMap<>();

		@JsonAnySetter
		public void other(String name, Object value) {
			this.others.put(name, value);
		}

		@Override
		public String toString() {
			return this.text + this.others;
		}

	}

	@NullMarked
	static final class Marked {

		record Answer(String text, @Nullable String more, List<@Nullable String> all) {
		}

	}

	static List<Arguments> answers() {
		String item = "{\"count\":1,\"name\":\"a\"}";
		return List.of(
				Arguments.of(Setters.class, "{\"name\":\"x\",\"items\":[" + item + "],\"nick\":\"y\"}",
						"xy[Item[count=1, name=a]]"),
				Arguments.of(OfNullableGetter.class, "{\"text\":null}", "text null"),
				Arguments.of(Made.class, "{\"left\":1,\"right\":2}", "3"),
				Arguments.of(Constructed.class, "{\"first\":\"x\",\"items\":[" + item + "]}",
						"x[Item[count=1, name=a]]"),
				Arguments.of(Built.class, "{\"title\":\"x\",\"count\":2}", "x2"),
				Arguments.of(Derived.class, "{\"base\":\"x\",\"more\":2}", "x2"),
				Arguments.of(Collections.class, "{\"items\":[" + item + "],\"prices\":{\"a\":1},\"more\":null}",
						"Collections[items=[Item[count=1, name=a]], prices={a=1}, more=null]"),
				Arguments.of(Prefixed.class,
						"{\"title\":\"x\",\"from_count\":1,\"from_name\":\"a\",\"to_count_x\":2,\"to_name_x\":\"b\"}",
						"Prefixed[title=x, from=Item[count=1, name=a], to=Item[count=2, name=b]]"),
				Arguments.of(Renamed.class, "{\"last-name\":\"x\",\"nickName\":\"y\"}",
						"Renamed[lastName=x, nickName=y]"),
				Arguments.of(Parent.class, "{\"name\":\"x\",\"children\":[{\"name\":\"y\"}]}", "x[y/x]"),
				Arguments.of(Pages.class,
						"{\"deep\":{\"items\":[{\"a\":" + item + "}],\"first\":null},\"page\":{\"items\":[" + item
								+ "],\"first\":null}}",
						"Page[items=[Item[count=1, name=a]], first=null]Page[items=[{a=Item[count=1, name=a]}], first=null]"),
				Arguments.of(Pets.class, "{\"pet\":{\"name\":\"x\"},\"all\":[{\"name\":\"y\"}],\"ages\":{\"x\":1}}",
						"Pets[pet=Cat[name=x], all=[Cat[name=y]], ages={x=1}]"),
				Arguments.of(Ignoring.class, "{\"text\":\"x\"}", "Ignoring[text=x, other=null, item=null]"),
				Arguments.of(Open.class, "{\"text\":\"x\"}", "x{}"),
				Arguments.of(OfNothing.class, "{\"text\":\"x\",\"nothing\":{}}",
						"OfNothing[text=x, nothing=Nothing[]]"),
				Arguments.of(Marked.Answer.class, "{\"text\":\"x\",\"more\":null,\"all\":[null]}",
						"Answer[text=x, more=null, all=[null]]"));
	}

	@ParameterizedTest
	@MethodSource("answers")
	void whatIsReadIsAskedFor(Class<?> type, String json, String read) {
		Map<?, ?> schema = new TypedAnswer<>(type).ask(LlmRequest.of("hi")).responseFormat().schema();
		assertThat(((Map<?, ?>) schema.get("properties")).keySet()).isEqualTo(JSON.readValue(json, Map.class).keySet());
		assertThat(schema.get("required")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
			.containsExactlyElementsOf(((Map<?, ?>) schema.get("properties")).keySet());
		assertThat(schema.get("additionalProperties")).isEqualTo(false);
		assertThat(says(json).invoke(LlmRequest.of("hi"), type)).hasToString(read);
		assertThat(says(json).invokeAsync(LlmRequest.of("hi"), type).block()).hasToString(read);
	}

	private static LlmProvider says(String json) {
		return LlmProvider.of("v", (request) -> LlmResponse.of(json));
	}

	static List<Arguments> misfits() {
		return List.of(Arguments.of(Setters.class, "{\"name\":null,\"items\":[],\"nick\":null}", "name"),
				Arguments.of(Setters.class, "{\"name\":\"x\",\"nick\":null}", "items"),
				Arguments.of(Made.class, "{}", "left"),
				Arguments.of(Built.class, "{\"title\":\"x\",\"count\":null}", "count"),
				Arguments.of(Collections.class, "{\"items\":[{\"count\":1}],\"prices\":{}}", "items[0].name"),
				Arguments.of(Collections.class, "{\"items\":[],\"prices\":{\"a\":\"b\"}}", "prices.a"),
				Arguments.of(Prefixed.class,
						"{\"title\":\"x\",\"from_count\":1,\"from_name\":\"a\",\"to_count_x\":2,\"to_name\":\"b\"}",
						"to_name_x"),
				Arguments.of(Renamed.class, "{\"surname\":\"x\"}", "last-name"),
				Arguments.of(OfNothing.class, "{\"text\":\"x\"}", "nothing"),
				Arguments.of(Pets.class, "{\"pet\":{\"name\":\"x\"},\"all\":[{}],\"ages\":{}}", "all[0].name"),
				Arguments.of(Pages.class, "{\"deep\":{\"items\":[]},\"page\":{\"items\":[{\"count\":1}]}}",
						"page.items[0].name"));
	}

	@ParameterizedTest
	@MethodSource("misfits")
	void whatDoesNotFitNamesItsPlace(Class<?> type, String json, String place) {
		assertThatExceptionOfType(LlmException.class).isThrownBy(() -> says(json).invoke(LlmRequest.of("hi"), type))
			.satisfies((failure) -> {
				assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
				assertThat(failure).hasMessageContaining("'" + place + "'");
				assertThat(failure.partial().text()).isEqualTo(json);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"parts\":[{\"percent\":1},{\"percent\":700}]}", "{\"parts\":[{\"percent\":3e9}]}" })
	void valuesThatTheTypeRefusesDoNotFit(String json) {
		assertThatExceptionOfType(LlmException.class)
			.isThrownBy(() -> says(json).invoke(LlmRequest.of("hi"), OfBounded.class))
			.satisfies((failure) -> {
				assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
				assertThat(failure).hasMessageContaining("parts").hasMessageNotContaining("secret");
				assertThat(failure.partial().text()).isEqualTo(json);
			});
	}

	static class Closed {

		private String text;

		private int number;

	}

	record OfClosed(String name, List<Closed> closed) {
	}

	@JsonFormat(shape = JsonFormat.Shape.ARRAY)
	record AsList(int a, int b) {
	}

	record OfList(AsList list) {
	}

	interface Animal {

	}

	record Dog(int barks) implements Animal {
	}

	record Marks(@JsonTypeInfo(use = JsonTypeInfo.Id.NAME) @JsonSubTypes(@JsonSubTypes.Type(Dog.class)) Animal animal) {
	}

	record OfInterface(String name, Animal animal) {
	}

	record OfStream(String name, java.util.stream.Stream<String> words) {
	}

	@ParameterizedTest
	@ValueSource(classes = { Closed.class, Getters.class, OfClosed.class, OfList.class, Marks.class, OfInterface.class,
			OfStream.class, Items.class, Prices.class, Nothing.class })
	void whatCannotBeReadIsRefusedByNameBeforeAnythingIsSent(Class<?> type) {
		LlmProvider unasked = (request) -> {
			throw new AssertionError("asked");
		};
		String named = Map
			.<Class<?>, String>of(OfClosed.class, "Closed", OfList.class, "AsList", Marks.class, "Animal",
					OfInterface.class, "Animal", OfStream.class, "Stream")
			.getOrDefault(type, type.getSimpleName());
		assertThatIllegalArgumentException().isThrownBy(() -> unasked.invoke(LlmRequest.of("hi"), type))
			.withMessageContaining(named);
		assertThatIllegalArgumentException().isThrownBy(() -> unasked.invokeAsync(LlmRequest.of("hi"), type).block());
	}

	static class Shop {

		@LlmTool("Sells")
		String sell(Setters what, Items items, Made sum, @JsonProperty("how-many") int count,
				@Nullable Prefixed label) {
			return what + " " + items + " " + sum + " " + count + " " + label;
		}

	}

	static class Refused {

		@LlmTool("Cannot be called")
		String sell(String name, OfClosed what) {
			return name;
		}

	}

	@Test
	void parametersOfToolsAreReadTheSameWay() {
		ToolFunction tool = ToolFunction.of(new Shop()).get(0);
		assertThat(tool.tool().parameters()).containsEntry("required",
				List.of("what", "items", "sum", "how-many", "label"));
		String arguments = """
				{"what":{"name":"x","items":[],"nick":"y"},"items":[{"count":1,"name":"a"}],
				"sum":{"left":1,"right":null},"how-many":4,"label":{"title":"t","from_count":1,"from_name":"a",
				"to_count_x":2,"to_name_x":"b"}}""";
		assertThat(call(tool, arguments).isError()).isFalse();
		assertThat(call(tool, arguments).content()).asString()
			.contains("xy[] [Item[count=1, name=a]] 1 4 Prefixed[title=t, from=Item[count=1, name=a]");
		assertThat(call(tool, arguments.replace("\"left\":1,", "")).content()).asString().contains("sum.left");
		assertThatIllegalArgumentException().isThrownBy(() -> ToolFunction.of(new Refused()))
			.withMessageContaining("Closed");
	}

	private static Content.ToolResult call(ToolFunction tool, String arguments) {
		return tool.call(new ToolCall("1", "sell", arguments, JSON.readValue(arguments, Map.class)));
	}

}
