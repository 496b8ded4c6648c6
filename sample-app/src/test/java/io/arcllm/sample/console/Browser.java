package io.arcllm.sample.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

import org.springframework.util.FileSystemUtils;

/**
 * A headless Chromium. Where there is none its tests are skipped, or fail if
 * {@code BROWSER_TESTS=required}.
 */
final class Browser implements AutoCloseable {

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private final Path profile;

	private final ChromeDriver driver;

	private final String first;

	private Browser(Path binary) throws IOException {
		this.profile = Files.createTempDirectory("arcllm-browser");
		ChromeOptions options = new ChromeOptions();
		options.setBinary(binary.toString());
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage", "--user-data-dir=" + this.profile);
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, java.util.logging.Level.ALL);
		options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
		this.driver = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
				options);
		this.first = this.driver.getWindowHandle();
	}

	static Browser open() {
		Path binary = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
			.map(Path::of)
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
		if (binary == null || !Files.isExecutable(DRIVER)) {
			String message = "Skipped: there is no Chromium with /usr/bin/chromedriver on this machine";
			Assertions.assertNotEquals("required", System.getenv("BROWSER_TESTS"), message);
			Assumptions.abort(message);
		}
		try {
			return new Browser(binary);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void visit(String url) {
		this.driver.get(url);
	}

	String address() {
		return this.driver.getCurrentUrl();
	}

	/** Opens a tab in front of this one, and goes there. */
	void visitInANewTab(String url) {
		this.driver.switchTo().newWindow(WindowType.TAB);
		visit(url);
	}

	/** Closes this tab and goes to the first one, which comes to the front. */
	void closeTab() {
		this.driver.close();
		this.driver.switchTo().window(this.first);
		this.driver.executeCdpCommand("Page.bringToFront", Map.of());
	}

	void press(CharSequence keys) {
		new Actions(this.driver).sendKeys(keys).perform();
	}

	/** As a phone or a desk sees it. */
	void view(int width, int height, String scheme) {
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
	}

	WebElement one(String css) {
		return this.driver.findElement(By.cssSelector(css));
	}

	List<WebElement> all(String css) {
		return this.driver.findElements(By.cssSelector(css));
	}

	/** The text of the first such element; empty if there is none. */
	String text(String css) {
		return all(css).stream().map(WebElement::getText).findFirst().orElse("");
	}

	WebElement focused() {
		return this.driver.switchTo().activeElement();
	}

	Object run(String script) {
		return this.driver.executeScript(script);
	}

	/** Waits until it holds, looking again and again. */
	void until(String what, Function<Browser, Boolean> condition) {
		new WebDriverWait(this.driver, Duration.ofSeconds(20), Duration.ofMillis(20))
			.withMessage(() -> what + "; the page says: " + this.driver.getTitle() + complaints() + text("body"))
			.ignoring(org.openqa.selenium.StaleElementReferenceException.class)
			.until((driver) -> condition.apply(this));
	}

	/** What the page complained of. */
	List<String> complaints() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue())
			.map(Object::toString)
			.toList();
	}

	byte[] picture() {
		return this.driver.getScreenshotAs(OutputType.BYTES);
	}

	@Override
	public void close() {
		this.driver.quit();
		try {
			FileSystemUtils.deleteRecursively(this.profile);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
