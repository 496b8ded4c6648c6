package io.arcllm.sample.console;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.arcllm.LlmProviders;
import io.arcllm.autoconfigure.actuator.ArcllmEndpoint;
import io.arcllm.sample.AskAnswers;
import io.arcllm.sample.AskQuestion;
import io.arcllm.sample.LocalCallers;
import io.micrometer.core.instrument.MeterRegistry;
import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The endpoints of the page: it asks, and reads the state of providers. For callers on
 * this machine only.
 */
@RestController
@RequestMapping("/console")
class ConsoleController {

	private final LlmProviders providers;

	private final Pulse pulse;

	private final AskAnswers answers;

	private final MeterRegistry meters;

	private final ArcllmEndpoint actuator;

	ConsoleController(LlmProviders providers, Pulse pulse, AskAnswers answers, MeterRegistry meters,
			ArcllmEndpoint actuator) {
		this.answers = answers;
		this.meters = meters;
		this.providers = providers;
		this.pulse = pulse;
		this.actuator = actuator;
	}

	@ModelAttribute
	void refuseOthers(ServerHttpRequest request) {
		LocalCallers.require(request);
	}

	@PostMapping(path = "/ask", consumes = MediaType.APPLICATION_JSON_VALUE,
			produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<Object>> ask(@RequestBody AskQuestion question) {
		return new WatchedCall(this.answers).ask(this.providers.primary(), question.text());
	}

	@GetMapping("/state")
	List<Pulse.Beat> state() {
		return this.providers.names().stream().map(this.pulse::of).toList();
	}

	/** What was taken out so far, by type. */
	@GetMapping("/redactions")
	Map<String, Long> redactions() {
		Map<String, Long> byType = new TreeMap<>();
		this.meters.find("arcllm.redactions")
			.counters()
			.forEach((counter) -> byType.put(String.valueOf(counter.getId().getTag("type")), (long) counter.count()));
		return byType;
	}

	@GetMapping("/stack")
	DrawnStack stack() {
		return DrawnStack.of(this.providers, this.actuator);
	}

}
