package io.arcllm.autoconfigure;

import java.util.List;

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

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "arcllm.models.second=first | has the name of a provider", "arcllm.models.a=a | goes in a circle",
					"arcllm.models.a=secnd/x | Did you mean 'second'?", "arcllm.models.gpt-4.1=second | \"[gpt-4.1]\"",
					"arcllm.models.gpt_4=second | \"[gpt_4]\"" })
	void mistakeNamesTheMend(String property, String message) {
		this.vendors.runner()
			.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
	}

	@Test
	void withoutNamesNothingChanges() {
		this.vendors.first.enqueue(Vendors.says("hello", false));
		this.vendors.runner()
			.run((context) -> assertThat(Vendors.ask(context.getBean(LlmProvider.class), false).trail().asked())
				.isNull());
	}

}
