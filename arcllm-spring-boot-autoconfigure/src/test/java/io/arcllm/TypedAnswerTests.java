package io.arcllm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Answers of a type: what is asked for, and what fits.
 */
class TypedAnswerTests {

	enum Mood {

		GOOD, BAD

	}

	record Place(String city, int zip) {
	}

	record Person(@JsonPropertyDescription("The full name") String name, Mood mood, List<Place> places,
			@Nullable String nick, Optional<Integer> age, @Nullable Place home) {
	}

	record Node(String name, List<Node> children) {
	}

	private final AtomicReference<LlmRequest> asked = new AtomicReference<>();

	private LlmProvider says(String json) {
		return LlmProvider.of("v", (request) -> {
			this.asked.set(request);
			return LlmResponse.of(json);
		});
	}

	@Test
	@SuppressWarnings("unchecked")
	void schemaIsStrictAndDescribed() {
		Person person = says("""
				{"name":"Ann","mood":"GOOD","places":[{"city":"Bonn","zip":53111,"extra":1}],"nick":null,"age":null}""")
			.invoke(LlmRequest.builder().messages(Message.user("hi")).responseFormat(ResponseFormat.JSON).build(),
					Person.class);
		assertThat(person)
			.isEqualTo(new Person("Ann", Mood.GOOD, List.of(new Place("Bonn", 53111)), null, Optional.empty(), null));
		ResponseFormat format = this.asked.get().responseFormat();
		assertThat(format.type()).isEqualTo(ResponseFormat.Type.JSON_SCHEMA);
		assertThat(format.strict()).isTrue();
		Map<String, Object> schema = format.schema();
		Map<String, Map<String, Object>> properties = (Map<String, Map<String, Object>>) schema.get("properties");
		assertThat(schema).containsEntry("type", "object").containsEntry("additionalProperties", false);
		assertThat((List<String>) schema.get("required")).containsExactlyInAnyOrder("name", "mood", "places", "nick",
				"age", "home");
		assertThat(properties.get("name")).containsEntry("description", "The full name")
			.containsEntry("type", "string");
		assertThat(properties.get("mood").get("enum")).isEqualTo(List.of("GOOD", "BAD"));
		assertThat(properties.get("nick").get("type")).isEqualTo(List.of("string", "null"));
		assertThat(properties.get("age").get("type")).isEqualTo(List.of("integer", "null"));
		assertThat(schema.get("$defs").toString()).contains("additionalProperties=false", "required=[city, zip]");
	}

	@Test
	void nestedOnesOfTheSameTypeAreRead() {
		Node node = says("{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[]}]}").invoke(LlmRequest.of("hi"),
				Node.class);
		assertThat(node).isEqualTo(new Node("a", List.of(new Node("b", List.of()))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "no json", "[]", "{}", "{\"city\":\"Bonn\"}", "{\"city\":null,\"zip\":1}",
			"{\"city\":\"Bonn\",\"zip\":null}", "{\"city\":\"Bonn\",\"zip\":\"x\"}", "{\"city\":\"Bonn\",\"zip\":1.5}",
			"{\"city\":7,\"zip\":1}", "{\"city\":\"Bonn\",\"zip\":53111" })
	void answerThatDoesNotFitIsAFailureThatKeepsIt(String json) {
		assertThatExceptionOfType(LlmException.class)
			.isThrownBy(() -> says(json).invoke(LlmRequest.of("hi"), Place.class))
			.satisfies((failure) -> {
				assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
				assertThat(failure.partial().text()).isEqualTo(json);
			});
		StepVerifier.create(says(json).invokeAsync(LlmRequest.of("hi"), Place.class)).verifyError(LlmException.class);
	}

	@ParameterizedTest
	@ValueSource(classes = { String.class, int.class, Integer.class, List.class, Map.class, Mood.class, Place[].class,
			Runnable.class, Object.class })
	void otherTypesAreRefusedBeforeAnythingIsSent(Class<?> type) {
		assertThatIllegalArgumentException().isThrownBy(() -> says("{}").invoke(LlmRequest.of("hi"), type));
		assertThat(this.asked).hasNullValue();
	}

	@Test
	void textIsTheWordsAlone() {
		LlmProvider deltas = (request) -> Flux.just(new LlmEvent.ThinkingDelta("hm"), new LlmEvent.TextDelta("a"),
				new LlmEvent.TextDelta("b"), new LlmEvent.Completed(LlmResponse.of("ab")));
		StepVerifier.create(deltas.text(LlmRequest.of("hi"))).expectNext("a", "b").verifyComplete();
		LlmProvider whole = (request) -> Flux.just(new LlmEvent.Completed(LlmResponse.of("ab")));
		StepVerifier.create(whole.text(LlmRequest.of("hi"))).expectNext("ab").verifyComplete();
		LlmProvider anew = (request) -> Flux.just(new LlmEvent.TextDelta("a"),
				new LlmEvent.Restarted(new Target("w", null), "cut"), new LlmEvent.TextDelta("b"));
		StepVerifier.create(anew.text(LlmRequest.of("hi")))
			.expectNext("a")
			.verifyErrorMatches((failure) -> ((LlmException) failure).kind() == ErrorKind.INTERRUPTED);
	}

}
