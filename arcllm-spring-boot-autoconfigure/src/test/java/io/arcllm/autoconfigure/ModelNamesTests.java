package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.LlmResponse;
import io.arcllm.Target;
import io.arcllm.WholeAndStreamed;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Names of {@code arcllm.models} stand for targets and chains wherever a target is named.
 */
class ModelNamesTests {

	@AutoClose
	private final Vendors vendors = new Vendors();

	@WholeAndStreamed
	void nameIsAnsweredByItsTargetAndTheTrailNamesBoth(boolean streaming) {
		this.vendors.second.enqueue(Vendors.says("hello", streaming));
		this.vendors.second.enqueue(Vendors.says("again", streaming));
		this.vendors.runner().withPropertyValues("arcllm.models.fast=second/small").run((context) -> {
			LlmResponse answer = context.getBean(LlmProvider.class)
				.invoke(LlmRequest.of("hi").mutate().model("fast").streaming(streaming).build());
			assertThat(answer.provider()).isEqualTo("second");
			assertThat(answer.trail().asked()).isEqualTo("fast");
			assertThat(answer.trail().attempts().get(0).target()).isEqualTo(new Target("second", "small"));
			LlmProviders providers = context.getBean(LlmProviders.class);
			assertThat(Vendors.ask(providers.load("fast"), streaming).trail().asked()).isEqualTo("fast");
			assertThat(providers.models()).containsEntry("fast", List.of(new Target("second", "small")));
			assertThat(this.vendors.second.takeRequest().getBody().utf8()).contains("\"small\"");
		});
	}

	@WholeAndStreamed
	void listIsTheWholeChainAndNamesStandInNames(boolean streaming) {
		this.vendors.third.enqueue(Vendors.fails("500"));
		this.vendors.second.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withPropertyValues("arcllm.models.fast=second/small", "arcllm.models.smart[0]=third",
					"arcllm.models.smart[1]=fast")
			.run((context) -> {
				LlmResponse answer = Vendors.ask(context.getBean(LlmProviders.class).load("smart"), streaming);
				assertThat(answer.trail().attempts()).extracting((attempt) -> attempt.target().toString())
					.containsExactly("third/m2", "second/small");
			});
	}

	@WholeAndStreamed
	void bareModelOfOneProviderIsThatTarget(boolean streaming) {
		this.vendors.third.enqueue(Vendors.says("hello", streaming));
		this.vendors.first.enqueue(Vendors.says("own", streaming));
		this.vendors.runner()
			.withPropertyValues("arcllm.providers.first.models[0].name=both",
					"arcllm.providers.second.models[0].name=both")
			.run((context) -> {
				LlmProvider provider = context.getBean(LlmProvider.class);
				LlmRequest.Builder request = LlmRequest.of("hi").mutate().streaming(streaming);
				assertThat(provider.invoke(request.model("m2").build()).provider()).isEqualTo("third");
				assertThat(provider.invoke(request.model("both").build()).provider()).isEqualTo("first");
				LlmProvider third = context.getBean(LlmProviders.class).load("third");
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> third.invoke(request.model("both").build()));
				assertThat(failure.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
				assertThat(failure).hasMessageContaining("first/both").hasMessageContaining("second/both");
			});
	}

	@WholeAndStreamed
	void targetThatIsTakenForAModelIsToldWithAllThatHappened(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("404"));
		this.vendors.third.enqueue(Vendors.fails("500"));
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=third")
			.run((context) -> {
				LlmRequest request = LlmRequest.of("hi").mutate().model("second/m1").streaming(streaming).build();
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> context.getBean(LlmProvider.class).invoke(request));
				assertThat(failure.kind()).isEqualTo(ErrorKind.MODEL_NOT_FOUND);
				assertThat(failure).hasMessageContaining("did you mean the target 'second/m1'?")
					.hasMessageEndingWith("(all failed: first/m0 -> third/m2)");
				assertThat(failure.trail().requests()).isEqualTo(2);
				assertThat(failure.others()).extracting(LlmException::status).containsExactly(500);
			});
	}

	@WholeAndStreamed
	void nameStandsInAChain(boolean streaming) {
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.third.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withPropertyValues("arcllm.models[gpt-4.1]=third/large", "arcllm.modules.fallback.enabled=true",
					"arcllm.modules.fallback.chain=gpt-4.1")
			.run((context) -> {
				LlmResponse answer = Vendors.ask(context.getBean(LlmProvider.class), streaming);
				assertThat(answer.trail().last().target()).isEqualTo(new Target("third", "large"));
			});
	}

	@WholeAndStreamed
	void nameStandsInAnEntryWithParametersAndInTheChainOfACall(boolean streaming) throws InterruptedException {
		ApplicationContextRunner named = this.vendors.runner()
			.withPropertyValues("arcllm.models.fast=third/large", "arcllm.models.smart[0]=second",
					"arcllm.models.smart[1]=fast");
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.third.enqueue(Vendors.says("hello", streaming));
		named
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain[0].target=fast",
					"arcllm.modules.fallback.chain[0].max-tokens=7")
			.run((context) -> assertThat(
					Vendors.ask(context.getBean(LlmProvider.class), streaming).trail().last().target())
				.isEqualTo(new Target("third", "large")));
		assertThat(this.vendors.third.takeRequest().getBody().utf8()).contains(":7").contains("\"large\"");
		this.vendors.first.enqueue(Vendors.fails("500"));
		this.vendors.second.enqueue(Vendors.fails("500"));
		this.vendors.third.enqueue(Vendors.says("hello", streaming));
		named.run((context) -> {
			LlmRequest request = LlmRequest.of("hi")
				.mutate()
				.streaming(streaming)
				.callOptions(CallOptions.builder().chain("smart").build())
				.build();
			assertThat(context.getBean(LlmProvider.class).invoke(request).trail().attempts())
				.extracting((attempt) -> attempt.target().toString())
				.containsExactly("first/m0", "second/m1", "third/large");
		});
	}

	@WholeAndStreamed
	void chainBehindANameSharesBreakersWithEveryOtherChain(boolean streaming) {
		this.vendors.second.enqueue(Vendors.fails("500"));
		this.vendors.third.enqueue(Vendors.says("hello", streaming));
		this.vendors.third.enqueue(Vendors.says("again", streaming));
		this.vendors.runner()
			.withConfiguration(AutoConfigurations.of(ArcllmCircuitBreakerAutoConfiguration.class))
			.withPropertyValues("arcllm.models.one=second,third", "arcllm.models.other=second,third",
					"arcllm.modules.circuit-breaker.enabled=true",
					"arcllm.modules.circuit-breaker.consecutive-failures=1")
			.run((context) -> {
				LlmProviders providers = context.getBean(LlmProviders.class);
				Vendors.ask(providers.load("one"), streaming);
				assertThat(Vendors.ask(providers.load("other"), streaming).trail().attempts())
					.extracting(Attempt::outcome)
					.containsExactly(Attempt.Outcome.SKIPPED, Attempt.Outcome.COMPLETED);
				assertThat(this.vendors.second.getRequestCount()).isOne();
			});
	}

	@WholeAndStreamed
	void nameForOneTargetCarriesTheChainOfItsProviderAndAListIsTheWholeOne(boolean streaming) {
		this.vendors.second.enqueue(Vendors.fails("500"));
		this.vendors.third.enqueue(Vendors.says("hello", streaming));
		this.vendors.second.enqueue(Vendors.fails("500"));
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=third",
					"arcllm.models.carried=second/small", "arcllm.models.alone[0]=second/small")
			.run((context) -> {
				LlmProviders providers = context.getBean(LlmProviders.class);
				assertThat(Vendors.ask(providers.load("carried"), streaming).provider()).isEqualTo("third");
				LlmException failure = catchThrowableOfType(LlmException.class,
						() -> Vendors.ask(providers.load("alone"), streaming));
				assertThat(failure.status()).isEqualTo(500);
				assertThat(failure.trail().attempts()).hasSize(1);
				assertThat(failure.trail().asked()).isEqualTo("alone");
			});
	}

	@WholeAndStreamed
	void modelThatItsVendorWritesWithASlashIsThatTarget(boolean streaming) {
		this.vendors.third.enqueue(Vendors.says("hello", streaming));
		this.vendors.runner()
			.withPropertyValues("arcllm.providers.third.models[0].name=meta/llama-4")
			.run((context) -> {
				LlmRequest request = LlmRequest.of("hi").mutate().model("meta/llama-4").streaming(streaming).build();
				LlmResponse answer = context.getBean(LlmProvider.class).invoke(request);
				assertThat(answer.trail().last().target()).isEqualTo(new Target("third", "meta/llama-4"));
			});
	}

	@Test
	void renamingTheModelBehindANameChangesNothingElse() {
		for (String target : List.of("second/small", "third/large")) {
			this.vendors.second.enqueue(Vendors.says("hello", false));
			this.vendors.third.enqueue(Vendors.says("hello", false));
			this.vendors.runner().withPropertyValues("arcllm.models.fast=" + target).run((context) -> {
				LlmResponse answer = context.getBean(LlmProvider.class)
					.invoke(LlmRequest.of("hi").mutate().model("fast").build());
				assertThat(answer.trail().last().target()).hasToString(target);
				assertThat(answer.trail().asked()).isEqualTo("fast");
			});
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "arcllm.models.second=first | has the name of a provider",
			"arcllm.models.a=a | goes in a circle",
			"arcllm.models.a=b;arcllm.models.b=c,third;arcllm.models.c=a | goes in a circle: a -> b -> c -> a",
			"arcllm.models.a= | stands for nothing",
			"arcllm.models.a=m,third;arcllm.providers.first.models[0].name=m;arcllm.providers.second.models[0].name=m | first/m, second/m",
			"arcllm.modules.fallback.enabled=true;arcllm.modules.fallback.chain=fsat;arcllm.models.fast=second | there is no provider 'fsat'",
			"arcllm.models.a=secnd/x | Did you mean 'second'?", "arcllm.models.gpt-4.1=second | \"[gpt-4.1]\"",
			"arcllm.models.gpt_4=second | \"[gpt_4]\"" })
	void mistakeNamesTheMend(String property, String message) {
		this.vendors.runner()
			.withPropertyValues(property.split(";"))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
	}

	@Test
	void whatThePrimaryChainsAndNamesNameIsListed() {
		this.vendors.runner()
			.withPropertyValues("arcllm.provider=first/m9", "arcllm.models.fast=third/m6",
					"arcllm.modules.fallback.enabled=true", "arcllm.modules.fallback.chain=second/m8",
					"arcllm.modules.fallback.context-window=third/m7",
					"arcllm.providers.third.modules.fallback.chain=first/m5,fast")
			.run((context) -> assertThat(context.getBean(LlmProviders.class).targets()).extracting(Target::toString)
				.containsExactly("first/m0", "second/m1", "third/m2", "first/m9", "second/m8", "third/m7", "first/m5",
						"third/m6"));
	}

	@Test
	void chainThatIsOffNamesNothing() {
		this.vendors.runner()
			.withPropertyValues("arcllm.modules.fallback.chain=second/m8")
			.run((context) -> assertThat(context.getBean(LlmProviders.class).targets()).hasSize(3));
	}

	@Test
	void withoutNamesNothingChanges() {
		this.vendors.first.enqueue(Vendors.says("hello", false));
		this.vendors.runner()
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), false).trail().asked())
				.isNull());
	}

}
