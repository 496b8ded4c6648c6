package io.arcllm.sample.console;

import java.io.IOException;

import io.arcllm.test.Dial;
import io.arcllm.test.vendor.Fault;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A person with a browser: ask, break the primary, see the call survive, mend it.
 */
class ConsoleTests extends VisitedConsole {

	@Test
	void callSurvivesABrokenPrimaryInFrontOfEverybody() throws IOException {
		browser.view(1280, 720, "light");
		ask("Why does a second vendor help?");
		answeredBy("anthropic");
		assertThat(browser.all("#trail li")).hasSize(1);

		browser.until("its limit shows", (page) -> page.text("[data-provider=anthropic] .limit").endsWith("of 30,000"));

		turn("anthropic", true);
		ask("Why does a second vendor help?");
		browser.until("the second vendor answers while the first one's failure shows",
				(page) -> !page.all("#trail li.failed").isEmpty() && page.all("#trail li.live").size() == 1
						&& page.text("#answer").length() > 120);
		keep("console-failover");
		answeredBy("openai");
		assertThat(browser.text("#trail li:first-child")).contains("anthropic", "529 overloaded");
		assertThat(browser.text("#trail li:last-child")).contains("openai", "answered", "first token", "tokens");

		ask("And again?");
		answeredBy("openai");
		browser.until("the breaker opens",
				(page) -> !page.all("[data-provider=anthropic] [data-breaker=open]").isEmpty());
		turn("anthropic", false);
		browser.until("the primary answers again, and its breaker closes", (page) -> {
			ask("Are you back?");
			page.until("an answer", (now) -> now.text("#outcome").startsWith("Answered"));
			return page.text("#outcome").contains("anthropic")
					&& !page.all("[data-provider=anthropic] [data-breaker=closed]").isEmpty();
		});
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void guideLeadsThroughTheFirstFailover() throws IOException {
		assertThat(browser.text("#guide [aria-current=step]")).contains("Break this", "anthropic");
		browser.one("#guide-break").click();
		browser.until("the next step is to ask",
				(page) -> page.text("#guide [aria-current=step]").startsWith("Ask that"));
		assertThat(vendor("anthropic").state().fault()).isEqualTo("overloaded");
		browser.one("#guide-ask").click();
		answeredBy("openai");
		assertThat(browser.text("#guide [aria-current=step]")).startsWith("See what happened")
			.contains("anthropic/claude-sonnet-4-5 failed (overloaded), and openai answered");
		keep("console-guide");
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void stackIsDrawnForEachTargetOfTheChain() {
		assertThat(browser.all("#stack .column")).extracting(WebElement::getText)
			.satisfiesExactly((first) -> assertThat(first).contains("Hedge", "Retry", "Circuit Breaker", "anthropic"),
					(second) -> assertThat(second).contains("Retry", "openai"),
					(third) -> assertThat(third).contains("Retry", "ollama"));
	}

	@Test
	void stopCancelsTheCall() {
		vendor("anthropic").set(Dial.of(Fault.STALL));
		ask("Tell me something that never ends");
		browser.until("words", (page) -> !page.text("#answer").isEmpty());
		browser.one("#stop").click();
		browser.until("it says so", (page) -> page.text("#outcome").startsWith("Stopped"));
		browser.until("nobody answers any more", (page) -> vendor("anthropic").state().active() == 0);
		assertThat(browser.text("#trail li:first-child")).contains("cancelled");
	}

	@Test
	void dialTurnsAsOftenAsItIsClicked() {
		browser.run("""
				const dial = document.querySelector('[data-provider=openai] .switch');
				[1, 2, 3, 4].forEach(() => dial.click());""");
		browser.until("four turns are answered",
				(page) -> Long.valueOf(4)
					.equals(page.run("return performance.getEntriesByType('resource')"
							+ ".filter((one) => one.name.endsWith('/simulator/openai')).length")));
		assertThat(vendor("openai").state().fault()).isEqualTo("healthy");
		assertThat(browser.one("[data-provider=openai] .switch").getAttribute("aria-checked")).isEqualTo("false");
	}

	@Test
	void dialForgetsWhatWasAskedBeforeItTurned() {
		browser.run("""
				const real = fetch;
				const gate = new Promise((open) => window.release = open);
				window.fetch = async (path, init) => {
					const answer = await real(path, init);
					if (path === '/simulator' && !window.released) {
						const text = await answer.text();
						window.held = true;
						await gate;
						window.released = true;
						return new Response(text, answer);
					}
					return answer;
				};""");
		browser.until("the page holds an old state", (page) -> Boolean.TRUE.equals(page.run("return window.held")));
		turn("openai", true);
		browser.run("""
				window.seen = [];
				const dial = document.querySelector('[data-provider=openai] .switch');
				new MutationObserver(() => window.seen.push(dial.ariaChecked)).observe(dial, { attributes: true });
				window.release();""");
		browser.until("it asks again", (page) -> ((Number) page.run("return window.seen.length")).intValue() > 1);
		assertThat(browser.run("return window.seen.every((checked) => checked === 'true')")).isEqualTo(true);
	}

	@Test
	void wordsAreNeverMarkup() {
		ask("<img src=x onerror=alert(1)> <b>bold</b>");
		answeredBy("anthropic");
		assertThat(browser.text("#answer")).contains("<b>bold</b>");
		assertThat(browser.all("#answer *")).isEmpty();
	}

}
