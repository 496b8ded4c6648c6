package io.arcllm.module.routing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import io.arcllm.Content;
import io.arcllm.LlmRequest;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.Target;
import io.arcllm.module.Candidate;
import io.arcllm.module.Selection;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SelectionTests {

	private static final List<Candidate> THREE = Chains.of("a", "b", "c");

	@Test
	void targetsAreAskedByWeight() {
		Map<String, Integer> asked = count(weighted(Map.of("a", 6.0, "b", 3.0, "c", 1.0)::get), 0, 10_000);
		assertThat(asked.get("a")).isBetween(5800, 6200);
		assertThat(asked.get("b")).isBetween(2800, 3200);
		assertThat(asked.get("c")).isBetween(850, 1150);
	}

	@Test
	void shareOfATargetThatFailsIsDividedByWeight() {
		Selection selection = weighted(Map.of("a", 90.0, "b", 7.0, "c", 3.0)::get);
		Map<String, Integer> asked = count(selection, 1, 10_000);
		assertThat(asked.get("b")).isGreaterThan(asked.get("c") * 3 / 2);
		assertThat(asked.get("c")).isGreaterThan(2000);
	}

	@Test
	void targetWithoutWeightIsAskedLast() {
		Map<String, Integer> asked = count(weighted(Map.of("a", 0.0, "b", 1.0, "c", 1.0)::get), 2, 1000);
		assertThat(asked).containsOnlyKeys("a");
	}

	@Test
	void targetsWithoutAnyWeightAreAskedAsConfigured() {
		assertThat(Chains.names(weighted((name) -> 0.0).order(THREE, LlmRequest.of("Hi")))).containsExactly("a", "b",
				"c");
	}

	@Test
	void targetsAreAskedInTurn() {
		Selection selection = new RoundRobinSelection();
		assertThat(IntStream.range(0, 6).mapToObj((i) -> Chains.names(selection.order(THREE, LlmRequest.of("Hi")))))
			.extracting((order) -> order.get(0))
			.containsExactly("a", "b", "c", "a", "b", "c");
	}

	@Test
	void turnsOfATargetThatFailsGoToAllOthers() {
		Selection selection = new RoundRobinSelection();
		List<Candidate> four = Chains.of("a", "b", "c", "d");
		Map<List<String>, Integer> orders = new HashMap<>();
		for (int i = 0; i < 1200; i++) {
			List<String> order = Chains.names(selection.order(four, LlmRequest.of("Hi")));
			orders.merge(order, 1, Integer::sum);
		}
		assertThat(orders).hasSize(24);
		assertThat(orders.values()).containsOnly(50);
	}

	@Test
	void cheapestIsAskedFirstAndUnknownPricesLast() {
		List<Candidate> chain = Chains.of("unknown", "dear", "also-unknown", "cheap", "as-dear");
		Map<String, Double> prices = Map.of("dear", 2.0, "as-dear", 2.0, "cheap", 1.0);
		Selection selection = new CostSelection(
				(target, request) -> prices.getOrDefault(target.provider(), Double.POSITIVE_INFINITY));
		assertThat(Chains.names(selection.order(chain, LlmRequest.of("Hi")))).containsExactly("cheap", "dear",
				"as-dear", "unknown", "also-unknown");
	}

	@Test
	void costIsThatOfTheModelThatIsAskedFor() {
		List<Candidate> chain = Chains.of("a/x", "b/x");
		Map<Target, Double> prices = Map.of(Target.parse("a/x"), 1.0, Target.parse("a/y"), 3.0, Target.parse("b/x"),
				2.0, Target.parse("b/y"), 9.0);
		Selection selection = new CostSelection((target, request) -> prices.get(target));
		assertThat(Chains.names(selection.order(chain, LlmRequest.of("Hi")))).containsExactly("a/x", "b/x");
		assertThat(Chains.names(selection.order(chain, LlmRequest.of("Hi").withModel("y")))).containsExactly("b/x",
				"a/x");
	}

	private static Selection weighted(java.util.function.Function<String, Double> weights) {
		ToDoubleFunction<Target> byTarget = (target) -> weights.apply(target.provider());
		return new WeightedSelection(byTarget, new Random(42)::nextDouble);
	}

	private static Map<String, Integer> count(Selection selection, int place, int times) {
		Map<String, Integer> asked = new TreeMap<>();
		for (int i = 0; i < times; i++) {
			asked.merge(Chains.names(selection.order(THREE, LlmRequest.of("Hi"))).get(place), 1, Integer::sum);
		}
		return asked;
	}

	@Test
	void sessionStaysWithItsTargetAndGoesToTheNextWhereThatIsGone() {
		Selection selection = new SessionSelection();
		Map<String, Integer> first = new TreeMap<>();
		for (int i = 0; i < 3000; i++) {
			LlmRequest turn = ofSession("s" + i, "turn 1");
			List<String> order = Chains.names(selection.order(THREE, turn));
			first.merge(order.get(0), 1, Integer::sum);
			assertThat(Chains.names(selection.order(THREE, ofSession("s" + i, "turn 2")))).isEqualTo(order);
			assertThat(Chains.names(new SessionSelection().order(Chains.of("c", "b", "a"), turn))).isEqualTo(order);
			List<String> without = order.stream().filter((one) -> !one.equals("b")).toList();
			assertThat(Chains.names(selection.order(Chains.of("a", "c"), turn))).isEqualTo(without);
		}
		assertThat(first).hasSize(3).allSatisfy((target, count) -> assertThat(count).isBetween(850, 1150));
	}

	@Test
	void conversationWithoutSessionIsKnownByItsBeginning() {
		Selection selection = new SessionSelection();
		for (int i = 0; i < 100; i++) {
			List<Message> beginning = List.of(Message.system("Be brief"), Message.user("question " + i));
			List<Message> later = List.of(beginning.get(0), beginning.get(1), Message.assistant("answer"),
					Message.user("and?"));
			assertThat(Chains.names(selection.order(THREE, LlmRequest.of(later))))
				.isEqualTo(Chains.names(selection.order(THREE, LlmRequest.of(beginning))));
		}
	}

	@Test
	void conversationsThatBeginWithPicturesAreToldApart() {
		Selection selection = new SessionSelection();
		Map<String, Integer> first = new TreeMap<>();
		for (int i = 0; i < 300; i++) {
			Content.Image picture = new Content.Image(
					new Content.Bytes("image/png", new byte[] { (byte) i, (byte) (i >> 8) }));
			List<Message> beginning = List.of(Message.system("Be brief"),
					new Message(Message.Role.USER, List.of(picture)));
			List<Message> later = List.of(beginning.get(0),
					new Message(Message.Role.USER, List.of(picture.cacheable())), Message.assistant("a cat"),
					Message.user("and?"));
			List<String> order = Chains.names(selection.order(THREE, LlmRequest.of(beginning)));
			assertThat(Chains.names(selection.order(THREE, LlmRequest.of(later)))).isEqualTo(order);
			first.merge(order.get(0), 1, Integer::sum);
		}
		assertThat(first).hasSize(3).allSatisfy((target, count) -> assertThat(count).isBetween(60, 140));
	}

	@Test
	void blankSessionIsNone() {
		Selection selection = new SessionSelection();
		Map<String, Integer> first = new TreeMap<>();
		for (int i = 0; i < 300; i++) {
			first.merge(Chains.names(selection.order(THREE, ofSession(" ", "question " + i))).get(0), 1, Integer::sum);
		}
		assertThat(first).hasSize(3);
	}

	private static LlmRequest ofSession(String session, String text) {
		return LlmRequest.of(text).mutate().metadata(new RequestMetadata(null, session, Map.of())).build();
	}

}
