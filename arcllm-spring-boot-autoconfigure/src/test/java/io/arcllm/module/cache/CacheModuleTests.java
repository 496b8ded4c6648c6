package io.arcllm.module.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.arcllm.Attempt;
import io.arcllm.CacheMode;
import io.arcllm.CallOptions;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.StopReason;
import io.arcllm.Target;
import io.arcllm.Tool;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.CallModule;
import io.arcllm.module.ModuleClock;
import io.arcllm.module.Outcome;
import io.arcllm.module.Script;
import io.arcllm.module.TestProvider;
import io.arcllm.module.TestSettings;
import io.arcllm.module.VirtualTime;
import io.arcllm.module.attempt.ContractModule;
import io.arcllm.module.cache.AnswerCache.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

class CacheModuleTests {

	private static final Target TARGET = new Target("test", "m");

	@RegisterExtension
	private final VirtualTime time = new VirtualTime();

	private AnswerCache cache;

	private LlmProvider stack(LlmProvider vendor, CacheSettings settings) {
		this.cache = new AnswerCache(settings, new Route("test/m", null, false), new MemoryAnswers(100, 1 << 20),
				new ModuleClock(), "USD");
		return new CallModule(new CallModule.Limits(Duration.ofMinutes(30), 10), CallOptions.NONE,
				(options) -> new CacheModule(new ContractModule(vendor, TARGET), this.cache, TARGET));
	}

	private static CacheSettings settings(Duration staleIfError) {
		return TestSettings.of(CacheSettings.class, "max-entries", 100, "max-size", "1MB", "stale-if-error",
				staleIfError);
	}

	private static LlmRequest request(boolean streamed, Consumer<LlmRequest.Builder> more) {
		LlmRequest.Builder request = LlmRequest.builder()
			.messages(Message.user("hi"))
			.temperature(0.0)
			.streaming(streamed);
		more.accept(request);
		return request.build();
	}

	private static Outcome ask(LlmProvider llm, boolean streamed, Consumer<LlmRequest.Builder> more) {
		return Outcome.of(llm.exchange(request(streamed, more)));
	}

	private static Outcome ask(LlmProvider llm, boolean streamed) {
		return ask(llm, streamed, (request) -> {
		});
	}

	@WholeAndStreamed
	void equalCallGetsTheKeptAnswerForNothing(boolean streamed) {
		Script script = new Script("test", Script.says("one"), Script.says("two"));
		LlmProvider llm = stack(script, settings(Duration.ZERO));
		ask(llm, false);
		this.time.seconds(12);
		Outcome hit = ask(llm, streamed);
		assertThat(script.asked()).isEqualTo(1);
		assertThat(hit.events()).hasSize(streamed ? 2 : 1);
		LlmResponse answer = hit.answer();
		assertThat(answer.text()).isEqualTo("one");
		assertThat(answer.age()).isEqualTo(Duration.ofSeconds(12));
		assertThat(answer.stale()).isFalse();
		assertThat(answer.cost().amount()).isZero();
		assertThat(answer.trail().requests()).isZero();
		Attempt attempt = answer.trail().attempts().get(0);
		assertThat(attempt.outcome()).isEqualTo(Attempt.Outcome.CACHED);
		assertThat(attempt.reason()).contains("12 s");
		this.time.seconds(600);
		assertThat(ask(llm, streamed).answer().text()).isEqualTo("two");
	}

	@Test
	void whatChangesTheAnswerChangesTheKeyAndNothingElse() {
		List<Consumer<LlmRequest.Builder>> different = List.of((one) -> one.messages(Message.user("ho")),
				(one) -> one.model("n"), (one) -> one.maxTokens(7), (one) -> one.topP(0.5), (one) -> one.stop("x"),
				(one) -> one.options(Map.of("seed", 1)), (one) -> one.options(Map.of("seed", 2)),
				(one) -> one.metadata(RequestMetadata.ofTenant("a")),
				(one) -> one.metadata(RequestMetadata.ofTenant("b")),
				(one) -> one
					.messages(Message.user(new Content.Image(new Content.Bytes("image/png", new byte[] { 1 })))),
				(one) -> one
					.messages(Message.user(new Content.Image(new Content.Bytes("image/png", new byte[] { 2 })))),
				(one) -> one.messages(Message.user("h"), Message.user("i")));
		List<Consumer<LlmRequest.Builder>> same = List.of(
				(one) -> one.metadata(new RequestMetadata(null, "s", Map.of("l", "v"))),
				(one) -> one.callOptions((options) -> options.deadline(Duration.ofSeconds(9))),
				(one) -> one.messages(Message.user("hi").cacheable()));
		Script script = new Script("test", Script.says("one"));
		LlmProvider llm = stack(script, settings(Duration.ZERO));
		ask(llm, false);
		same.forEach((one) -> ask(llm, false, one));
		assertThat(script.asked()).isEqualTo(1);
		different.forEach((one) -> ask(llm, false, one));
		assertThat(script.asked()).isEqualTo(1 + different.size());
		different.forEach((one) -> ask(llm, false, one));
		assertThat(script.asked()).isEqualTo(1 + different.size());
	}

	@WholeAndStreamed
	void onlyDeterministicCallsAreKept(boolean streamed) {
		Script script = new Script("test", Script.says("one"));
		LlmProvider llm = stack(script, settings(Duration.ZERO));
		for (int i = 0; i < 2; i++) {
			ask(llm, streamed, (one) -> one.temperature(0.1));
			ask(llm, streamed, (one) -> one.temperature(null));
			ask(llm, streamed, (one) -> one.tools(new Tool("t", "", Map.of(), null)));
		}
		assertThat(script.asked()).isEqualTo(6);
		ask(llm, streamed, (one) -> one.temperature(1.0).options(Map.of("seed", 7)));
		ask(llm, streamed, (one) -> one.temperature(1.0).options(Map.of("seed", 7)));
		assertThat(script.asked()).isEqualTo(7);
	}

	@ParameterizedTest
	@EnumSource(value = StopReason.Type.class, names = { "END_TURN", "STOP_SEQUENCE", "TOOL_USE" },
			mode = EnumSource.Mode.EXCLUDE)
	void nothingCutFilteredOrRefusedIsKept(StopReason.Type type) {
		Script script = new Script("test",
				Flux.just(new LlmEvent.Completed(LlmResponse.builder().text("half").stopReason(type).build())));
		LlmProvider llm = stack(script, settings(Duration.ZERO));
		ask(llm, false);
		ask(llm, false);
		assertThat(script.asked()).isEqualTo(2);
	}

	@WholeAndStreamed
	void brokenAnswerIsNotKept(boolean streamed) {
		Script script = new Script("test", Script.breaksAfter("half"), Script.says("whole"));
		LlmProvider llm = stack(script, settings(Duration.ofHours(1)));
		assertThat(ask(llm, streamed).kind()).isEqualTo(ErrorKind.INTERRUPTED);
		assertThat(ask(llm, streamed).answer().text()).isEqualTo("whole");
	}

	@WholeAndStreamed
	void olderAnswerTakesThePlaceOfAFailureThatFailsOver(boolean streamed) {
		Script script = new Script("test", Script.says("old"), Script.fails(ErrorKind.SERVER_ERROR),
				Script.fails(ErrorKind.INVALID_REQUEST), Script.fails(ErrorKind.SERVER_ERROR));
		LlmProvider llm = stack(script, settings(Duration.ofMinutes(5)));
		ask(llm, streamed);
		this.time.seconds(11 * 60);
		Outcome stale = ask(llm, streamed);
		assertThat(stale.answer().stale()).isTrue();
		assertThat(stale.answer().text()).isEqualTo("old");
		assertThat(stale.answer().age()).isEqualTo(Duration.ofMinutes(11));
		assertThat(stale.answer().trail().attempts()).extracting(Attempt::outcome)
			.containsExactly(Attempt.Outcome.FAILED, Attempt.Outcome.CACHED);
		assertThat(ask(llm, streamed).kind()).isEqualTo(ErrorKind.INVALID_REQUEST);
		this.time.seconds(5 * 60);
		assertThat(ask(llm, streamed).kind()).isEqualTo(ErrorKind.SERVER_ERROR);
	}

	@WholeAndStreamed
	void olderAnswerIsAsOldForThoseThatShareIt(boolean streamed) {
		TestProvider vendor = new TestProvider();
		LlmProvider llm = stack(vendor, settings(Duration.ofMinutes(5)));
		ask(llm, streamed);
		vendor.answer(0);
		this.time.seconds(11 * 60);
		List<Outcome> outcomes = List.of(ask(llm, streamed), ask(llm, streamed));
		vendor.fail(1, LlmException.of(ErrorKind.SERVER_ERROR, "down").build());
		this.time.seconds(0);
		assertThat(outcomes).allSatisfy((one) -> {
			assertThat(one.answer().stale()).isTrue();
			assertThat(one.answer().age()).isEqualTo(Duration.ofMinutes(11));
			assertThat(one.answer().trail().attempts()).last()
				.extracting(Attempt::outcome)
				.isEqualTo(Attempt.Outcome.CACHED);
		});
		assertThat(vendor.asked()).isEqualTo(2);
	}

	@WholeAndStreamed
	void callMayTurnTheCacheOffRefreshItOrAskItAlone(boolean streamed) {
		Script script = new Script("test", Script.says("one"), Script.says("two"), Script.says("three"));
		LlmProvider llm = stack(script, settings(Duration.ZERO));
		assertThat(ask(llm, streamed, mode(CacheMode.ONLY)).failure().vendorCode()).isEqualTo("cache_miss");
		assertThat(script.asked()).isZero();
		ask(llm, streamed);
		assertThat(ask(llm, streamed, mode(CacheMode.OFF)).answer().text()).isEqualTo("two");
		assertThat(ask(llm, streamed, mode(CacheMode.ONLY)).answer().text()).isEqualTo("one");
		assertThat(ask(llm, streamed, mode(CacheMode.REFRESH)).answer().text()).isEqualTo("three");
		assertThat(ask(llm, streamed).answer().text()).isEqualTo("three");
	}

	private static Consumer<LlmRequest.Builder> mode(CacheMode mode) {
		return (request) -> request.callOptions((options) -> options.cache(mode));
	}

	@WholeAndStreamed
	void hundredEqualCallsAtOnceMakeOneRequest(boolean streamed) {
		TestProvider vendor = new TestProvider();
		LlmProvider llm = stack(vendor, settings(Duration.ZERO));
		List<Outcome> outcomes = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			outcomes.add(ask(llm, streamed));
		}
		vendor.say(0, "hello");
		this.time.seconds(0);
		assertThat(outcomes).allSatisfy((one) -> assertThat(one.events()).hasSize(1));
		vendor.answer(0);
		this.time.seconds(0);
		assertThat(vendor.asked()).isEqualTo(1);
		assertThat(outcomes).allSatisfy((one) -> assertThat(one.answer().text()).isEqualTo("hello"));
		assertThat(outcomes.get(7).answer().trail().requests()).isZero();
		assertThat(this.cache.flights()).isEmpty();
	}

	@WholeAndStreamed
	void cancelledLeaderHandsOver(boolean streamed) {
		TestProvider vendor = new TestProvider();
		LlmProvider llm = stack(vendor, settings(Duration.ZERO));
		Outcome leader = ask(llm, streamed);
		Outcome follower = ask(llm, streamed);
		vendor.say(0, "hel");
		leader.cancel();
		Outcome late = ask(llm, streamed);
		vendor.answer(0);
		this.time.seconds(0);
		assertThat(follower.answer().text()).isEqualTo("hello");
		assertThat(late.answer().text()).isEqualTo("hello");
		assertThat(vendor.asked()).isEqualTo(1);
	}

	@Test
	void lastToLeaveEndsTheCall() {
		TestProvider vendor = new TestProvider();
		LlmProvider llm = stack(vendor, settings(Duration.ZERO));
		Outcome leader = ask(llm, true);
		Outcome follower = ask(llm, true);
		follower.cancel();
		assertThat(vendor.running()).isEqualTo(1);
		leader.cancel();
		assertThat(vendor.running()).isZero();
		assertThat(this.cache.flights()).isEmpty();
	}

	@WholeAndStreamed
	void followersGetTheLeadersFailure(boolean streamed) {
		TestProvider vendor = new TestProvider();
		LlmProvider llm = stack(vendor, settings(Duration.ZERO));
		Outcome leader = ask(llm, streamed);
		Outcome follower = ask(llm, streamed);
		vendor.fail(0, LlmException.of(ErrorKind.SERVER_ERROR, "no").status(500).build());
		this.time.seconds(0);
		assertThat(leader.kind()).isEqualTo(ErrorKind.SERVER_ERROR);
		assertThat(follower.kind()).isEqualTo(ErrorKind.SERVER_ERROR);
		assertThat(follower.failure().trail().attempts()).isEmpty();
	}

	@Test
	void slowestHoldsBackNoOther() {
		TestProvider vendor = new TestProvider();
		LlmProvider llm = stack(vendor, settings(Duration.ZERO));
		List<LlmEvent> slow = new ArrayList<>();
		BaseSubscriber<LlmEvent> leader = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
				// asks for nothing yet
			}

			@Override
			protected void hookOnNext(LlmEvent event) {
				slow.add(event);
			}

		};
		llm.exchange(request(true, (one) -> {
		})).subscribe(leader);
		Outcome follower = ask(llm, true);
		vendor.say(0, "hello");
		vendor.answer(0);
		this.time.seconds(0);
		assertThat(follower.answer().text()).isEqualTo("hello");
		assertThat(slow).isEmpty();
		leader.request(1);
		assertThat(slow).containsExactly(new LlmEvent.TextDelta("hello"));
		leader.request(5);
		assertThat(slow).hasSize(2);
	}

	@Test
	void followersOwnDeadlineHoldsForIt() {
		TestProvider vendor = new TestProvider();
		LlmProvider llm = stack(vendor, settings(Duration.ZERO));
		Outcome leader = ask(llm, false);
		Outcome follower = ask(llm, false,
				(one) -> one.callOptions((options) -> options.deadline(Duration.ofSeconds(5))));
		this.time.seconds(6);
		assertThat(follower.kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
		assertThat(leader.isOpen()).isTrue();
	}

	@Test
	void onlyTheTenantsAnswersAreForgotten() {
		Script script = new Script("test", Script.says("one"));
		MemoryAnswers answers = new MemoryAnswers(10, 1 << 20);
		CachedAnswer answer = new CachedAnswer(LlmResponse.of("x"), "a", 0, 1_000_000);
		answers.put("1", answer);
		answers.put("2", new CachedAnswer(LlmResponse.of("x"), null, 0, 1_000_000));
		answers.forget("a");
		assertThat(answers.get("1").join()).isNull();
		assertThat(answers.get("2").join()).isNotNull();
		answers.forget(null);
		assertThat(answers.entries().orElseThrow()).isZero();
		assertThat(script.asked()).isZero();
	}

	@Test
	void neitherEntriesNorBytesGrowBeyondTheirBounds() {
		MemoryAnswers many = new MemoryAnswers(10, 1 << 20);
		MemoryAnswers large = new MemoryAnswers(1000, 100_000);
		for (int i = 0; i < 200; i++) {
			many.put("k" + i, new CachedAnswer(LlmResponse.of("x"), null, 0, 1_000_000));
			large.put("k" + i, new CachedAnswer(LlmResponse.of("x".repeat(10_000)), null, 0, 1_000_000));
		}
		assertThat(many.entries().orElseThrow()).isBetween(1L, 10L);
		assertThat(large.entries().orElseThrow()).isBetween(1L, 5L);
	}

}
