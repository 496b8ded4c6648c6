package io.arcllm.sample.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.arcllm.sample.simulator.Dial;
import io.arcllm.sample.simulator.SimulatedVendor;
import io.arcllm.sample.simulator.Simulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A person with a browser: ask, break the primary, see the call survive, mend it.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "arcllm.modules.rate-limit.enabled=true", "arcllm.modules.rate-limit.requests-per-minute=30000",
				"simulator.fail-every=0", "simulator.pace.tokens-per-second=30",
				"arcllm.modules.circuit-breaker.open-for=1s", "arcllm.modules.circuit-breaker.consecutive-failures=2" })
class ConsoleTests {

	private static final Path PICTURES = Path.of("target", "pictures");

	private static Browser browser;

	@Autowired
	private Simulator simulator;

	@LocalServerPort
	private int port;

	@BeforeAll
	static void open() {
		browser = Browser.open();
	}

	@AfterAll
	static void close() {
		if (browser != null) {
			browser.close();
		}
	}

	@BeforeEach
	void visit() {
		this.simulator.vendors().forEach((vendor) -> vendor.set(Dial.HEALTHY));
		browser.view(1280, 1000, "light");
		browser.visit("http://localhost:" + this.port + "/");
		browser.until("all providers show", (page) -> page.all(".provider .switch").size() == 3);
	}

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
		browser.until("every call is cancelled",
				(page) -> this.simulator.vendors().stream().mapToInt((vendor) -> vendor.state().active()).sum() == 0);
	}

	@Test
	void stopCancelsTheCall() {
		ask("Tell me something very long");
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

	@Test
	void keyboardAloneIsEnough() {
		browser.one("#question").sendKeys(Keys.ENTER);
		answeredBy("anthropic");
		browser.one("[data-provider=anthropic] .switch").sendKeys(Keys.SPACE);
		browser.until("the vendor breaks", (page) -> vendor("anthropic").state().fault().equals("overloaded"));
		assertThat(browser.one("[data-provider=anthropic] .switch").getAttribute("aria-checked")).isEqualTo("true");
	}

	@Test
	void fitsAPhoneInDarkAndLight() throws IOException {
		for (String scheme : new String[] { "light", "dark" }) {
			browser.view(390, 844, scheme);
			assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo(390L);
			keep("console-phone-" + scheme);
		}
	}

	private void ask(String question) {
		browser.run("document.querySelector('#outcome').textContent = ''");
		browser.one("#question").clear();
		browser.one("#question").sendKeys(question);
		browser.one("#send").click();
	}

	private void answeredBy(String provider) {
		browser.until(provider + " answers", (page) -> page.text("#outcome").startsWith("Answered by " + provider));
	}

	private void turn(String vendor, boolean broken) {
		browser.one("[data-provider=" + vendor + "] .switch").click();
		browser.until("the dial turns", (page) -> vendor(vendor).state().fault().equals("healthy") != broken);
	}

	private SimulatedVendor vendor(String name) {
		return this.simulator.vendor(name).orElseThrow();
	}

	/** Keeps a picture; with {@code -Darcllm.pictures=true} the README's one, too. */
	private void keep(String name) throws IOException {
		Files.createDirectories(PICTURES);
		byte[] picture = browser.picture();
		Files.write(PICTURES.resolve(name + ".png"), picture);
		Path readme = Path.of("..", "docs", "images", name + ".png");
		if (Boolean.getBoolean("arcllm.pictures") && Files.exists(readme)) {
			Files.write(readme, picture);
		}
	}

}
