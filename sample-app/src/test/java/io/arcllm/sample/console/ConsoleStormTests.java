package io.arcllm.sample.console;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

import io.arcllm.test.Dial;
import io.arcllm.test.vendor.Fault;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Storms compare, leave the page usable, and end with it.
 */
class ConsoleStormTests extends VisitedConsole {

	/** When the page asked how things are. */
	private static final String ASKED = "performance.getEntriesByType('resource')"
			+ ".filter((one) => one.name.endsWith('/console/state')).map((one) => one.startTime)";

	@Test
	void stormComparesAndEndsWithThePage() throws IOException {
		turn("anthropic", true);
		browser.run("document.querySelector('[name=perSecond]').value = 200");
		browser.one("#storm-start").click();
		browser.until("plain calls fail while the stack's do not", (page) -> page.text("#storm-outcome")
			.matches("Plain: 0 answered, [1-9].*Stack: [1-9].*, 0 failed\\..*"));
		browser.until("three seconds are drawn",
				(page) -> page.one("#success").getAttribute("aria-label").contains("3:"));
		keep("console-storm");
		browser.visit("about:blank");
		browser.until("every call is cancelled", (page) -> active() == 0);
	}

	@Test
	void fullestStormLeavesThePageResponsive() {
		browser.run("""
				window.longestGap = 0;
				let last = performance.now();
				const frame = (now) => {
					window.longestGap = Math.max(window.longestGap, now - last);
					last = now;
					requestAnimationFrame(frame);
				};
				requestAnimationFrame(frame);""");
		storm(200, 60);
		ask("Do you still answer?");
		browser.until("somebody answers", (page) -> page.text("#outcome").startsWith("Answered by"));
		ask("And can you be stopped?");
		browser.until("words", (page) -> !page.text("#answer").isEmpty());
		browser.one("#stop").click();
		browser.until("it says so", (page) -> page.text("#outcome").startsWith("Stopped"));
		turn("ollama", true);
		turn("ollama", false);
		assertThat(browser.one("#storm-stop").isEnabled()).isTrue();
		browser.one("#storm-stop").click();
		browser.until("the storm ends", (page) -> page.text("#storm-outcome").endsWith("every call was cancelled."));
		assertThat((Number) browser.run("return window.longestGap")).extracting(Number::doubleValue)
			.asInstanceOf(InstanceOfAssertFactories.DOUBLE)
			.isBetween(1.0, 5000.0);
		nothingGoesOn();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void pageThatIsLeftTakesItsStormAndItsQuestionAlong(boolean closed) {
		if (closed) {
			browser.visitInANewTab(browser.address());
			waitUntilReady();
		}
		vendor("anthropic").set(Dial.of(Fault.STALL));
		ask("Tell me something that never ends");
		browser.until("words", (page) -> !page.text("#answer").isEmpty());
		vendor("anthropic").set(Dial.HEALTHY);
		storm(100, 60);
		assertThat(browser.one("#stop").isEnabled()).as("the question goes on").isTrue();
		if (closed) {
			browser.closeTab();
		}
		else {
			browser.visit("about:blank");
		}
		nothingGoesOn();
	}

	@Test
	void pageThatNobodySeesAsksNothing() {
		browser.run("""
				window.turns = [];
				addEventListener('visibilitychange', () => window.turns.push(performance.now()), true);""");
		String address = browser.address();
		browser.visitInANewTab(address);
		browser.until("the page in front asks again and again",
				(page) -> ((Number) page.run("return " + ASKED + ".length")).intValue() > 3);
		browser.closeTab();
		browser.until("the first page asks again", (page) -> Boolean.TRUE
			.equals(page.run("return window.turns.length === 2 && " + ASKED + ".some((at) => at > turns[1])")));
		assertThat(browser.run("return " + ASKED + ".filter((at) => at > turns[0] && at < turns[1]).length"))
			.isEqualTo(0L);
	}

	private void storm(int perSecond, int seconds) {
		browser.run("document.querySelector('[name=perSecond]').value = " + perSecond
				+ "; document.querySelector('[name=seconds]').value = " + seconds);
		browser.one("#storm-start").click();
		browser.until("it blows", (page) -> page.text("#storm-outcome").matches(".*Stack: [1-9].*"));
	}

	/**
	 * A small storm asks twice, or a little more: the one before it asked 200 times a
	 * second or more.
	 */
	private void nothingGoesOn() {
		browser.until("every call is cancelled", (page) -> active() == 0);
		smallStorm();
		long before = calls();
		smallStorm();
		assertThat(calls() - before).isBetween(2L, 10L);
	}

	private void smallStorm() {
		WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + this.port)
			.responseTimeout(Duration.ofSeconds(20))
			.build()
			.post()
			.uri("/console/storm")
			.bodyValue(Map.of("perSecond", 1, "seconds", 1))
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.value((seconds) -> assertThat(seconds).contains("\"active\":0"));
	}

	private int active() {
		return this.simulator.vendors().stream().mapToInt((vendor) -> vendor.state().active()).sum();
	}

	private long calls() {
		return this.simulator.vendors().stream().mapToLong((vendor) -> vendor.state().calls()).sum();
	}

}
