package io.arcllm.provider.http;

import io.arcllm.ErrorKind;
import io.arcllm.LlmEvent;
import io.arcllm.LlmException;
import io.arcllm.Target;
import io.arcllm.TimeoutStage;
import io.arcllm.module.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Errors of the JVM while a body is read.
 */
class FatalErrorsTests {

	private static final Target TARGET = new Target("acme", "m");

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void failTheCallAtOnce(boolean memory) {
		AnswerBody body = WholeBody.error(new SizeLimit(1 << 20, TARGET), (bytes) -> {
			throw memory ? new OutOfMemoryError("no heap") : new StackOverflowError();
		});
		Flux<LlmEvent> answer = new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super LlmEvent> actual) {
				Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] { '{' }))
					.cast(DataBuffer.class)
					.subscribe(new BodySubscriber(actual, body,
							(ex) -> TransportErrors.translate(ex, TARGET, TimeoutStage.IDLE, null)));
			}

		};
		LlmException failure = Outcome.of(answer).failure();
		assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
	}

}
