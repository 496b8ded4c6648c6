package io.arcllm.module.audit;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.AuditRecord;
import io.arcllm.AuditSink;
import io.arcllm.Content;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Message;
import io.arcllm.RequestMetadata;
import io.arcllm.Tool;
import io.arcllm.ToolCall;
import io.arcllm.Usage;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.Call;
import io.arcllm.module.Outcome;
import io.arcllm.module.Scope;
import io.arcllm.module.Script;
import io.arcllm.module.TestSettings;
import io.arcllm.module.audit.AuditSettings.OnSinkFailure;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One record a call, whatever its end.
 */
class AuditModuleTests {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-28T12:00:00Z"), ZoneOffset.UTC);

	private final List<AuditRecord> records = new CopyOnWriteArrayList<>();

	private final AtomicInteger lost = new AtomicInteger();

	private static AuditSettings settings(boolean content, OnSinkFailure onFailure, int queue, boolean chain) {
		return TestSettings.of(AuditSettings.class, "include-messages", content, "include-response", content,
				"max-content", "10B", "on-sink-failure", onFailure, "queue", queue, "hash-chain", chain);
	}

	private Audit audit(AuditSettings settings, AuditSink sink) {
		return new Audit(settings, sink, CLOCK, () -> "call-1", this.lost::incrementAndGet);
	}

	private Audit audit(boolean content) {
		return audit(settings(content, OnSinkFailure.CONTINUE, 100, false), this.records::add);
	}

	private static AuditModule module(Script script, Audit audit) {
		return new AuditModule(script.guarded(), script.target(), audit);
	}

	private static JsonNode json(AuditRecord record) {
		return new JsonMapper().readTree(record.json());
	}

	private static Flux<LlmEvent> in(Call call, Flux<LlmEvent> answer) {
		return answer.contextWrite((context) -> new Scope(call).into(context));
	}

	@WholeAndStreamed
	void lineHasExactlyTheseFields(boolean streaming) {
		LlmResponse answer = LlmResponse.of("hello").withText("hello", Usage.of(3, 2));
		Script script = new Script("v", Flux.just(new LlmEvent.Completed(answer)));
		Audit audit = audit(false);
		LlmRequest request = LlmRequest.builder()
			.messages(Message.system("Be"), Message.system("kind"), Message.user("hi"))
			.tools(Tool.of("b", "d", Map.of("type", "object")))
			.metadata(new RequestMetadata("t", "s", Map.of("k", "v")))
			.streaming(streaming)
			.build();
		Outcome.of(in(new Call(Call.FOREVER, 9), module(script, audit).exchange(request)));
		audit.close();
		JsonNode line = json(this.records.get(0));
		assertThat(line.propertyNames()).containsExactly("n", "time", "call", "tenant", "session", "labels", "asked",
				"answered", "attempts", "outcome", "stop", "tokens", "cost", "system", "tools", "sizes", "previous");
		assertThat(line.get("n").asInt()).isEqualTo(1);
		assertThat(line.get("time").asString()).isEqualTo("2026-11-28T12:00:00Z");
		assertThat(line.get("call").asString()).isEqualTo("call-1");
		assertThat(line.get("tenant").asString()).isEqualTo("t");
		assertThat(line.get("labels").get("k").asString()).isEqualTo("v");
		assertThat(line.get("asked").asString()).isEqualTo("v/m");
		assertThat(line.get("answered").asString()).isEqualTo("v/m");
		assertThat(line.get("outcome").asString()).isEqualTo("completed");
		assertThat(line.get("stop").asString()).isEqualTo("end-turn");
		assertThat(line.get("tokens").get("output").asInt()).isEqualTo(2);
		assertThat(line.get("system").asString()).isEqualTo(RecordedCall.sha256("Be\nkind"));
		assertThat(line.get("tools").get("names").get(0).asString()).isEqualTo("b");
		assertThat(line.get("tools").get("sha256").asString()).isEqualTo(
				RecordedCall.sha256("[{\"description\":\"d\",\"name\":\"b\",\"parameters\":{\"type\":\"object\"}}]"));
		assertThat(line.get("sizes").get("request").asInt()).isEqualTo(8);
		JsonNode attempt = line.get("attempts").get(0);
		assertThat(attempt.propertyNames()).containsExactly("target", "outcome", "cause", "status", "tokens", "cost");
		assertThat(attempt.get("outcome").asString()).isEqualTo("completed");
	}

	@WholeAndStreamed
	void everyEndHasOneRecord(boolean streaming) {
		Audit audit = audit(false);
		LlmRequest request = LlmRequest.of("hi").withStreaming(streaming);
		Outcome.of(module(new Script("v", Script.fails(ErrorKind.BUDGET_EXCEEDED)), audit).exchange(request));
		Outcome.of(module(new Script("v", Script.breaksAfter("a")), audit).exchange(request));
		Outcome.of(module(new Script("v", Flux.empty()), audit).exchange(request));
		Outcome.of(module(new Script("v", Flux.never()), audit).exchange(request)).cancel();
		module(new Script("v", Script.says("a")), audit).invoke(request);
		audit.close();
		assertThat(this.records).extracting(AuditRecord::outcome)
			.containsExactly("failed:budget-exceeded", "failed:interrupted", "failed:interrupted", "cancelled",
					"completed");
		assertThat(this.records).extracting(AuditRecord::n).containsExactly(1L, 2L, 3L, 4L, 5L);
	}

	@WholeAndStreamed
	void contentThatNoDetectorCouldLookAtIsLeftOut(boolean streaming) {
		Audit audit = audit(true);
		Call call = new Call(Call.FOREVER, 9);
		call.redactedBy((text) -> {
			throw new IllegalStateException("no");
		});
		Outcome.of(in(call, module(new Script("v", Script.says("a secret")), audit)
			.exchange(LlmRequest.of("my secret").withStreaming(streaming))));
		audit.close();
		assertThat(this.records).singleElement()
			.satisfies((record) -> assertThat(record.json()).doesNotContain("secret"));
		assertThat(this.lost).hasValue(0);
	}

	@Test
	void contentIsRecordedAsTheCallerIsShownItAndCut() {
		LlmResponse answer = LlmResponse.builder()
			.content(new Content.Thinking("secret", "signature", null, "v"), new Content.Text("a secret"),
					new ToolCall("1", "t", "{}", Map.of("k", "secret"), new ToolCall.VendorData("{\"sig\":1}", "v")),
					new Content.Opaque("{\"o\":\"secret\"}", "v"))
			.build();
		Audit audit = audit(true);
		Call call = new Call(Call.FOREVER, 9);
		call.redactedBy((text) -> text.replace("secret", "[X]"));
		LlmRequest request = LlmRequest.of(List.of(Message.user(new Content.Text("my secret, which is long"),
				Content.Image.of("image/png", "bytes".getBytes(StandardCharsets.UTF_8)))));
		Outcome
			.of(in(call, module(new Script("v", Flux.just(new LlmEvent.Completed(answer))), audit).exchange(request)));
		audit.close();
		String line = this.records.get(0).json();
		assertThat(line).doesNotContain("secret", "signature", "sig", "Ynl0ZXM")
			.contains("\"text\":\"my [X], wh…\"", "\"text\":\"a [X]\"", "{\"type\":\"image\"}", "\"k\":\"[X]\"");
	}

	@Test
	void noTextCanLookLikeAnotherLine() {
		assertThat(JsonLine.of("a\n\r\t\u0000\u0085\u2028\u202E\u2066\u200F\"\\é😀"))
			.isEqualTo("\"a\\u000a\\u000d\\u0009\\u0000\\u0085\\u2028\\u202e\\u2066\\u200f\\\"\\\\é😀\"");
	}

	@Test
	void eachLineCarriesTheHashOfTheOneBefore() {
		Audit audit = audit(settings(false, OnSinkFailure.CONTINUE, 100, true), this.records::add);
		for (int i = 0; i < 3; i++) {
			Outcome.of(module(new Script("v", Script.says("a")), audit).exchange(LlmRequest.of("hi")));
		}
		audit.close();
		assertThat(json(this.records.get(0)).get("previous").asString()).isEqualTo("0".repeat(64));
		for (int i = 1; i < 3; i++) {
			assertThat(json(this.records.get(i)).get("previous").asString())
				.isEqualTo(RecordedCall.sha256(this.records.get(i - 1).json()));
		}
	}

	@Test
	void sinkThatBlocksDelaysNoCallAndFullQueueLeavesAGap() throws InterruptedException {
		CountDownLatch writing = new CountDownLatch(1);
		CountDownLatch open = new CountDownLatch(1);
		Audit audit = audit(settings(false, OnSinkFailure.CONTINUE, 1, false),
				(record) -> write(record, writing, open));
		AuditModule module = module(new Script("v", Script.says("a")), audit);
		Outcome.of(module.exchange(LlmRequest.of("hi")));
		writing.await();
		Outcome.of(module.exchange(LlmRequest.of("hi")));
		assertThat(Outcome.of(module.exchange(LlmRequest.of("hi"))).answer()).isNotNull();
		assertThat(this.lost).hasValue(1);
		open.countDown();
		audit.close();
		assertThat(this.records).extracting(AuditRecord::n).containsExactly(1L, 2L);
	}

	@WholeAndStreamed
	void fullQueueRefusesBeforeAnythingIsSent(boolean streaming) throws InterruptedException {
		CountDownLatch writing = new CountDownLatch(1);
		CountDownLatch open = new CountDownLatch(1);
		Audit audit = audit(settings(false, OnSinkFailure.REFUSE, 1, false), (record) -> write(record, writing, open));
		Script script = new Script("v", Script.says("a"));
		AuditModule module = module(script, audit);
		LlmRequest request = LlmRequest.of("hi").withStreaming(streaming);
		Outcome.of(module.exchange(request));
		writing.await();
		Outcome.of(module.exchange(request));
		assertThat(Outcome.of(module.exchange(request)).kind()).isEqualTo(ErrorKind.AUDIT_UNAVAILABLE);
		assertThat(script.asked()).isEqualTo(2);
		open.countDown();
		audit.close();
		assertThat(this.records).hasSize(2);
	}

	private void write(AuditRecord record, CountDownLatch writing, CountDownLatch open) {
		writing.countDown();
		try {
			open.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		this.records.add(record);
	}

	@Test
	void sinkThatThrowsChangesNoCall() {
		Audit audit = audit(settings(false, OnSinkFailure.CONTINUE, 10, true), (record) -> {
			if (record.n() == 1) {
				throw new IllegalStateException("full disk");
			}
			this.records.add(record);
		});
		AuditModule module = module(new Script("v", Script.says("a")), audit);
		assertThat(Outcome.of(module.exchange(LlmRequest.of("hi"))).answer()).isNotNull();
		Outcome.of(module.exchange(LlmRequest.of("hi")));
		audit.close();
		assertThat(this.lost).hasValue(1);
		assertThat(json(this.records.get(0)).get("previous").asString()).isEqualTo("0".repeat(64));
	}

}
