package io.arcllm.sample.console;

import java.io.IOException;

import io.arcllm.sample.simulator.Dial;
import io.arcllm.sample.simulator.Fault;
import org.junit.jupiter.api.Test;

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
				(page) -> page.all("#trail li.failed").size() == 1 && page.all("#trail li.live").size() == 1
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
	void wordsAreNeverMarkup() {
		ask("<img src=x onerror=alert(1)> <b>bold</b>");
		answeredBy("anthropic");
		assertThat(browser.text("#answer")).contains("<b>bold</b>");
		assertThat(browser.all("#answer *")).isEmpty();
	}

}
