package io.arcllm.sample.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.arcllm.test.Dial;
import io.arcllm.test.FakeVendor;
import io.arcllm.test.FakeVendors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * The console in a browser, all vendors healthy.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "arcllm.modules.rate-limit.enabled=true", "arcllm.modules.rate-limit.requests-per-minute=30000",
				"simulator.fail-every=0", "simulator.pace.tokens-per-second=30",
				"arcllm.modules.circuit-breaker.open-for=1s", "arcllm.modules.circuit-breaker.consecutive-failures=2" })
abstract class VisitedConsole {

	private static final Path PICTURES = Path.of("target", "pictures");

	static Browser browser;

	@Autowired
	FakeVendors simulator;

	@LocalServerPort
	int port;

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
		waitUntilReady();
	}

	void waitUntilReady() {
		browser.until("all providers show, and the next call may go to each",
				(page) -> page.all(".provider .switch").size() == 3 && page.all(".breaker").size() == 3
						&& page.all(".breaker").stream().noneMatch((breaker) -> breaker.getText().endsWith(" s")));
	}

	void ask(String question) {
		browser.run("document.querySelector('#outcome').textContent = ''");
		browser.one("#question").clear();
		browser.one("#question").sendKeys(question);
		browser.one("#send").click();
	}

	void answeredBy(String provider) {
		browser.until(provider + " answers", (page) -> page.text("#outcome").startsWith("Answered by " + provider));
	}

	void turn(String vendor, boolean broken) {
		browser.one("[data-provider=" + vendor + "] .switch").click();
		browser.until("the dial turns", (page) -> vendor(vendor).state().fault().equals("healthy") != broken);
	}

	FakeVendor vendor(String name) {
		return this.simulator.vendor(name).orElseThrow();
	}

	/** Keeps a picture; with {@code -Darcllm.pictures=true} the README's one, too. */
	void keep(String name) throws IOException {
		Files.createDirectories(PICTURES);
		byte[] picture = browser.picture();
		Files.write(PICTURES.resolve(name + ".png"), picture);
		Path readme = Path.of("..", "docs", "images", name + ".png");
		if (Boolean.getBoolean("arcllm.pictures") && Files.exists(readme)) {
			Files.write(readme, picture);
		}
	}

}
