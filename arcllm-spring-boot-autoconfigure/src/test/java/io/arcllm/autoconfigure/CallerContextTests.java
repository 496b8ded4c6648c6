package io.arcllm.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.arcllm.Attempt;
import io.arcllm.CallerContext;
import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.RequestMetadata;
import io.arcllm.RequestMetadataResolver;
import io.arcllm.Trail;
import io.arcllm.WholeAndStreamed;
import io.arcllm.module.CallListener;
import io.arcllm.provider.key.ApiKeySupplier;
import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What surrounds the thread that makes a call is there wherever the application's code
 * runs, and in our log lines.
 */
class CallerContextTests {

	private static final String KEY = "caller-context-tests";

	private static final String SEEN = "caller/local";

	private final ThreadLocal<String> local = new ThreadLocal<>();

	/** What each piece of the application's code saw, one entry for each time it ran. */
	private final Map<String, List<String>> seen = new ConcurrentHashMap<>();

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.arcllm.module");

	@AutoClose
	private final Vendors vendors = new Vendors();

	@BeforeEach
	void callerHasAContext() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, this.local);
		this.local.set("local");
		MDC.put(KEY, "caller");
		this.lines.start();
		this.logger.addAppender(this.lines);
	}

	@AfterEach
	void forget() {
		this.logger.detachAppender(this.lines);
		MDC.remove(KEY);
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
	}

	@WholeAndStreamed
	void isThereInKeySuppliersListenersResolversAndHops(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("529"));
		runner().withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=own")
			.run((context) -> {
				Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(this.seen).containsOnlyKeys("key", "listener", "answered", "resolver", "function");
				assertThat(this.seen.get("listener")).hasSize(2);
				assertAllSaw("asking own");
			});
	}

	@WholeAndStreamed
	void isThereInRetries(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.first.enqueue(Vendors.says("Hi", streaming));
		runner().withPropertyValues("arcllm.modules.retry.enabled=true").run((context) -> {
			Vendors.ask(context.getBean(LlmProvider.class), streaming);
			assertThat(this.seen.get("listener")).hasSize(2);
			assertAllSaw("asking again in");
		});
	}

	@Test
	void isThereInHedges() {
		this.vendors.first.enqueue(Vendors.fails("silence"));
		runner()
			.withPropertyValues("arcllm.modules.hedge.enabled=true", "arcllm.modules.hedge.after=10ms",
					"arcllm.modules.hedge.minimum-delay=10ms", "arcllm.modules.hedge.max-ratio=100%",
					"arcllm.modules.hedge.burst=1", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=own")
			.run((context) -> {
				Vendors.ask(context.getBean(LlmProvider.class), true);
				assertThat(this.seen).containsKeys("listener", "function");
				assertAllSaw("has been silent for");
			});
	}

	@WholeAndStreamed
	void isThereInProvidersOfTheApplicationsOwn(boolean streaming) {
		runner().withBean("reactive", LlmProvider.class, Reactive::new)
			.withPropertyValues("arcllm.provider=first", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=reactive,own")
			.run((context) -> {
				this.vendors.first.enqueue(Vendors.fails("500"));
				Vendors.ask(context.getBean(LlmProviders.class).load("first"), streaming);
				assertThat(this.seen).containsKeys("reactive", "function");
				assertAllSaw("asking reactive", "asking own");
			});
	}

	@WholeAndStreamed
	void threadsHaveTheirOwnContextBackAfterwards(boolean streaming) {
		runner().withPropertyValues("arcllm.provider=own").run((context) -> {
			LlmProvider own = context.getBean(LlmProviders.class).load("own");
			Vendors.ask(own, streaming);
			MDC.put(KEY, "another");
			this.local.set("other");
			Vendors.ask(own, streaming);
			assertThat(this.seen.get("function")).containsExactly(SEEN, "another/other");
			assertThat(now()).isEqualTo("another/other");
		});
	}

	@WholeAndStreamed
	void nothingIsCapturedWithoutTheLibrary(boolean streaming) {
		runner().withClassLoader(new FilteredClassLoader("io.micrometer.context"))
			.withPropertyValues("arcllm.provider=own")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(CallerContext.Capture.class);
				Vendors.ask(context.getBean(LlmProviders.class).load("own"), streaming);
				assertThat(this.seen.get("function")).containsExactly("null/null");
			});
	}

	private void assertAllSaw(String... parts) {
		this.seen.forEach((what, contexts) -> assertThat(contexts).as(what).containsOnly(SEEN));
		for (String part : parts) {
			assertThat(this.lines.list).filteredOn((line) -> line.getFormattedMessage().contains(part))
				.isNotEmpty()
				.allSatisfy((line) -> assertThat(line.getMDCPropertyMap()).containsEntry(KEY, "caller"));
		}
	}

	private void see(String what) {
		this.seen.computeIfAbsent(what, (key) -> new CopyOnWriteArrayList<>()).add(now());
	}

	private String now() {
		return MDC.get(KEY) + "/" + this.local.get();
	}

	private ApplicationContextRunner runner() {
		return this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmTelemetryAutoConfiguration.class))
			.withBean("own", LlmProvider.class, () -> LlmProvider.of("own", (request) -> {
				see("function");
				return LlmResponse.of("Hi");
			}))
			.withBean(ApiKeySupplier.class, () -> (provider) -> {
				see("key");
				return "k";
			})
			.withBean(RequestMetadataResolver.class, () -> (context) -> {
				see("resolver");
				return RequestMetadata.EMPTY;
			})
			.withBean(CallListener.class, Listening::new);
	}

	/** Hears of attempts and answers. */
	private final class Listening implements CallListener {

		@Override
		public void ended(Attempt attempt, Trail before) {
			see("listener");
		}

		@Override
		public void answered(LlmResponse response) {
			see("answered");
		}

	}

	/** Fails each time it is asked, on the thread that asks. */
	private final class Reactive implements LlmProvider {

		@Override
		public String name() {
			return "reactive";
		}

		@Override
		public Flux<LlmEvent> exchange(LlmRequest request) {
			see("reactive");
			return Flux.error(LlmException.of(ErrorKind.SERVER_ERROR, "no").build());
		}

	}

}
