package io.arcllm.sample.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.arcllm.test.Dial;
import io.arcllm.test.vendor.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page is for everybody: by keyboard, on a phone, in dark and light.
 */
class ConsoleAccessTests extends VisitedConsole {

	@Test
	void keyboardAloneIsEnough() {
		List<String> reached = tabThrough();
		assertThat(reached).startsWith("To the question", "Break it", "Question", "Ask")
			.containsSubsequence("Break anthropic", "How anthropic breaks", "Which calls of anthropic break",
					"Break openai", "Break ollama", "Calls a second", "Seconds", "Storm");
		browser.press(Keys.chord(Keys.SHIFT, Keys.TAB));
		tabTo("Question");
		browser.press(Keys.ENTER);
		browser.until("words", (page) -> !page.text("#answer").isEmpty());
		assertThat(browser.one("#answer").getAttribute("aria-busy")).isEqualTo("true");
		tabTo("Stop");
		browser.press(Keys.ENTER);
		browser.until("it says so", (page) -> page.text("#outcome").startsWith("Stopped"));
		assertThat(browser.one("#answer").getAttribute("aria-busy")).isEqualTo("false");
		tabTo("Break anthropic");
		browser.press(Keys.SPACE);
		browser.until("the vendor breaks", (page) -> vendor("anthropic").state().fault().equals("overloaded"));
		assertThat(browser.one("[data-provider=anthropic] .switch").getAttribute("aria-checked")).isEqualTo("true");
	}

	/** What it reaches until it is at the end, each to be seen and named. */
	private static List<String> tabThrough() {
		List<String> reached = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			browser.press(Keys.TAB);
			if (browser.focused().getTagName().equals("body")) {
				return reached;
			}
			reached.add(browser.focused().getAccessibleName());
			assertThat(browser.focused().isDisplayed()).as(reached.get(i)).isTrue();
			assertThat(browser.focused().getCssValue("outline-style")).as(reached.get(i)).isEqualTo("solid");
		}
		return reached;
	}

	private static void tabTo(String name) {
		for (int i = 0; i < 30 && !browser.focused().getAccessibleName().equals(name); i++) {
			browser.press(Keys.TAB);
		}
		assertThat(browser.focused().getAccessibleName()).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void everyWordCanBeRead(String scheme) throws IOException {
		browser.view(1280, 1000, scheme);
		vendor("anthropic").set(new Dial(Fault.RATE_LIMIT, 1, 0, null, null, 3, 0));
		ask("Why?");
		browser.until("the vendor is paused", (page) -> page.text("[data-provider=anthropic] [data-breaker=paused]")
			.matches("breaker paused [1-3] s"));
		answeredBy("openai");
		this.simulator.vendors().forEach((vendor) -> vendor.set(Dial.of(Fault.CONTEXT_LENGTH)));
		ask("Why not?");
		browser.until("it fails", (page) -> page.text("#outcome").startsWith("No answer: "));
		assertThat((List<?>) browser.run(resource("faint.js"))).isEmpty();
	}

	private static String resource(String name) throws IOException {
		return new ClassPathResource("console/" + name).getContentAsString(StandardCharsets.UTF_8);
	}

	@Test
	void fitsAPhoneInDarkAndLight() throws IOException {
		for (String scheme : new String[] { "light", "dark" }) {
			browser.view(390, 844, scheme);
			assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo(390L);
			keep("console-phone-" + scheme);
		}
	}

}
