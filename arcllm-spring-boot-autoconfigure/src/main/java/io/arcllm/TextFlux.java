package io.arcllm;

import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/**
 * The words of one streamed answer. An answer that starts again ends it: two answers are
 * never joined.
 */
final class TextFlux {

	private final AnswerBuilder delivered = new AnswerBuilder();

	private boolean began;

	private TextFlux() {
	}

	static Flux<String> of(Flux<LlmEvent> events) {
		return Flux.defer(() -> {
			TextFlux words = new TextFlux();
			return events.handle(words::next);
		});
	}

	private void next(LlmEvent event, SynchronousSink<String> sink) {
		if (event instanceof LlmEvent.TextDelta delta && !delta.text().isEmpty()) {
			this.began = true;
			this.delivered.add(delta);
			sink.next(delta.text());
		}
		else if (event instanceof LlmEvent.Restarted restarted && this.began) {
			sink.error(
					LlmException
						.of(ErrorKind.INTERRUPTED,
								"The answer would begin anew at " + restarted.to()
										+ " after words of it were delivered")
						.target(restarted.to())
						.partial(this.delivered.buildPartial(restarted.to()))
						.build());
		}
		else if (event instanceof LlmEvent.Completed completed && !this.began
				&& !completed.response().text().isEmpty()) {
			sink.next(completed.response().text());
		}
	}

}
