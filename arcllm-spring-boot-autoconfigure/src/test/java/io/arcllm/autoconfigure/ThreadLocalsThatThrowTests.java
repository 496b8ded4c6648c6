package io.arcllm.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.Trail;
import io.arcllm.module.CallListener;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.netty.util.concurrent.EventExecutor;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpResources;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Accessors of thread locals that throw, such as one that looks for a web request where
 * there is none: the call ends as it would have, and no thread keeps what is not its own.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThreadLocalsThatThrowTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final String FAIL = "be overloaded";

	/** What throws, on which threads. */
	private enum When {

		ASKED_ELSEWHERE, ASKED, SET, CLEARED, RESTORED, ALWAYS

	}

	private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

	private final Thread test = Thread.currentThread();

	private final AtomicInteger told = new AtomicInteger();

	private When when = When.ALWAYS;

	@AutoClose
	private final Vendors vendors = new Vendors();

	@BeforeEach
	void answer() {
		this.vendors.first.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				String body = request.getBody().utf8();
				return body.contains(FAIL) ? Vendors.fails("503")
						: Vendors.says("hello", body.contains("\"stream\":true"));
			}

		});
	}

	@AfterEach
	void forget() {
		ContextRegistry.getInstance().removeThreadLocalAccessor("throwing");
		ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
		TENANT.remove();
	}

	@ParameterizedTest
	@EnumSource
	void changeNothing(When when, CapturedOutput output) throws Exception {
		this.when = when;
		ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
		ContextRegistry.getInstance().registerThreadLocalAccessor(new Throwing());
		this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmTelemetryAutoConfiguration.class))
			.withBean(CallListener.class, () -> (Attempt attempt, Trail before) -> {
				if ("acme".equals(TENANT.get())) {
					this.told.incrementAndGet();
				}
			})
			.run((context) -> {
				LlmProvider llm = context.getBean(LlmProvider.class);
				TENANT.set("acme");
				for (boolean streaming : new boolean[] { false, true }) {
					assertThat(ask(llm, "Hi", streaming).blockLast(LIMIT)).isInstanceOf(LlmEvent.Completed.class);
					assertThat(
							catchThrowableOfType(LlmException.class, () -> ask(llm, FAIL, streaming).blockLast(LIMIT))
								.kind())
						.isEqualTo(ErrorKind.OVERLOADED);
					ask(llm, "Hi", streaming).subscribe().dispose();
				}
				assertThat(TENANT.get()).isEqualTo("acme");
			});
		assertThat(this.told).hasValueGreaterThanOrEqualTo(4);
		for (EventExecutor loop : HttpResources.get().onClient(true)) {
			assertThat(loop.submit(TENANT::get).get(20, TimeUnit.SECONDS)).isNull();
		}
		assertThat(output.toString().split("threw an exception, which changes nothing", -1)).hasSize(2);
		assertThat(output).doesNotContain("onErrorDropped");
	}

	private static Flux<LlmEvent> ask(LlmProvider llm, String words, boolean streaming) {
		return llm.exchange(LlmRequest.of(words).withStreaming(streaming));
	}

	/**
	 * Has a value on the test's thread.
	 */
	private final class Throwing implements ThreadLocalAccessor<String> {

		@Override
		public Object key() {
			return "throwing";
		}

		@Override
		public String getValue() {
			boolean here = Thread.currentThread() == ThreadLocalsThatThrowTests.this.test;
			fail(When.ASKED);
			if (!here) {
				fail(When.ASKED_ELSEWHERE);
			}
			return (here != (ThreadLocalsThatThrowTests.this.when == When.CLEARED)) ? "x" : null;
		}

		@Override
		public void setValue(String value) {
			fail(When.SET);
		}

		@Override
		public void setValue() {
			fail(When.CLEARED);
		}

		@Override
		public void restore(String before) {
			fail(When.RESTORED);
		}

		@Override
		public void restore() {
			fail(When.RESTORED);
		}

		private void fail(When now) {
			When when = ThreadLocalsThatThrowTests.this.when;
			if (when == now || when == When.ALWAYS) {
				throw new IllegalStateException("No thread-bound request found");
			}
		}

	}

}
