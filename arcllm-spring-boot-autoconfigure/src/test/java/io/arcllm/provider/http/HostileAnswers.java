package io.arcllm.provider.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import io.arcllm.LlmException;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.provider.WireFormat;
import org.junit.jupiter.params.provider.Arguments;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A program with a small heap that asks a vendor for every hostile answer, one after the
 * other, and is asked for its health meanwhile. Prints a line for each, and exits with 1
 * where one has no typed end in time or the health was late.
 */
final class HostileAnswers {

	private static final int LARGE = 15_000_000;

	private static final long ATTEMPT_MILLIS = 10_000;

	private static final long SLACK_MILLIS = 5_000;

	private static final long HEALTH_MILLIS = 1_000;

	private final Map<String, Body> answers = new LinkedHashMap<>();

	private final AtomicLong slowestHealth = new AtomicLong();

	private final AtomicLong probes = new AtomicLong();

	private final AtomicLong lateProbes = new AtomicLong();

	private volatile Body now = (out) -> {
	};

	private volatile String head = "";

	private boolean failed;

	/**
	 * The application.
	 */
	@EnableAutoConfiguration
	static class Application {

	}

	private interface Body {

		void write(OutputStream out) throws IOException;

	}

	public static void main(String[] args) throws Exception {
		HostileAnswers hostile = new HostileAnswers();
		hostile.run();
		System.out.println("slowest health: " + hostile.slowestHealth + " ms, " + hostile.lateProbes + " of "
				+ hostile.probes + " later than " + HEALTH_MILLIS + " ms, heap "
				+ Runtime.getRuntime().maxMemory() / 1024 / 1024 + " MB");
		System.exit((hostile.failed || hostile.isLate()) ? 1 : 0);
	}

	/** A machine that is busy with other work is late now and then, too. */
	private boolean isLate() {
		return this.lateProbes.get() * 100 > this.probes.get() || this.slowestHealth.get() > 3 * HEALTH_MILLIS;
	}

	private void run() throws Exception {
		streams("openai", BoundedAnswersTests.openai());
		streams("anthropic", BoundedAnswersTests.anthropic());
		streams("ollama", BoundedAnswersTests.ollama());
		for (String format : new String[] { "openai", "anthropic", "ollama" }) {
			wholes(format);
		}
		try (ServerSocket vendor = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
			Thread thread = new Thread(() -> accept(vendor));
			thread.setDaemon(true);
			thread.start();
			try (ConfigurableApplicationContext context = application(vendor.getLocalPort())) {
				ScheduledExecutorService health = watchHealth();
				LlmProviders providers = context.getBean(LlmProviders.class);
				this.answers.forEach((name, body) -> ask(providers, name, body));
				health.shutdownNow();
			}
		}
	}

	private static ConfigurableApplicationContext application(int port) {
		String[] properties = Stream.of("openai", "anthropic", "ollama")
			.flatMap((format) -> Stream.of("arcllm.providers." + format + ".base-url=http://127.0.0.1:" + port,
					"arcllm.providers." + format + ".api-key=a-key-of-the-test",
					"arcllm.providers." + format + ".model=m"))
			.toArray(String[]::new);
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties)
			.properties("arcllm.provider=openai", "arcllm.lint=off", "logging.level.root=ERROR",
					"spring.main.banner-mode=off", "arcllm.modules.timeout.attempt=" + ATTEMPT_MILLIS + "ms",
					"arcllm.modules.timeout.first-token=" + ATTEMPT_MILLIS + "ms",
					"arcllm.modules.timeout.idle=" + ATTEMPT_MILLIS + "ms")
			.run();
	}

	/** On the same event loops as the calls. */
	private ScheduledExecutorService watchHealth() {
		DisposableServer server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle((request, response) -> response.sendString(Mono.just("UP")))
			.bindNow();
		HttpClient client = HttpClient.newHttpClient();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/")).build();
		ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
		executor.scheduleWithFixedDelay(() -> {
			long begun = System.nanoTime();
			try {
				client.send(request, HttpResponse.BodyHandlers.discarding());
			}
			catch (IOException | InterruptedException ex) {
				if (!executor.isShutdown()) {
					this.slowestHealth.set(Long.MAX_VALUE);
				}
				return;
			}
			long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
			this.slowestHealth.accumulateAndGet(took, Math::max);
			this.probes.incrementAndGet();
			this.lateProbes.addAndGet((took > HEALTH_MILLIS) ? 1 : 0);
		}, 500, 50, TimeUnit.MILLISECONDS);
		return executor;
	}

	private void ask(LlmProviders providers, String name, Body body) {
		String[] parts = name.split(" ", 3);
		boolean streaming = parts[1].equals("streamed");
		this.now = body;
		this.head = "HTTP/1.1 " + (parts[2].startsWith("error") ? "400 Bad Request" : "200 OK") + "\r\ncontent-type: "
				+ (!streaming ? "application/json"
						: parts[0].equals("ollama") ? "application/x-ndjson" : "text/event-stream")
				+ (parts[2].contains("packed") ? "\r\ncontent-encoding: gzip" : "") + "\r\nconnection: close\r\n\r\n";
		long begun = System.nanoTime();
		String end;
		try {
			providers.load(parts[0])
				.exchange(LlmRequest.of("Hi").withStreaming(streaming))
				.blockLast(Duration.ofSeconds(60));
			end = "answered";
		}
		catch (LlmException ex) {
			end = ex.kind().name();
		}
		catch (RuntimeException | Error ex) {
			end = "WRONG " + ex;
		}
		long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
		boolean wrong = end.startsWith("WRONG") || millis > ATTEMPT_MILLIS + SLACK_MILLIS;
		this.failed |= wrong;
		System.out.printf("%s%s: %s, %d ms%n", wrong ? "FAILED " : "", name, end, millis);
	}

	@SuppressWarnings("unchecked")
	private void streams(String format, Stream<Arguments> kinds) {
		kinds.map(Arguments::get).forEach((kind) -> {
			String first = (String) kind[1];
			IntFunction<String> frames = (IntFunction<String>) kind[2];
			String name = format + " streamed " + this.answers.size() + " " + ((WireFormat) kind[0]).framing();
			this.answers.put(name, (out) -> {
				write(out, first);
				for (int i = 0;; i++) {
					write(out, frames.apply(i));
				}
			});
		});
	}

	private void wholes(String format) {
		String[] frame = switch (format) {
			case "openai" -> new String[] { "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":",
					"}}]}", "\"tool_calls\":[", "\"a\",\"reasoning_details\":[" };
			case "anthropic" ->
				new String[] { "{\"type\":\"message\",\"stop_reason\":\"end_turn\",\"content\":", "}", "[", "[" };
			default -> new String[] { "{\"done\":true,\"message\":{\"content\":", "}}", "\"a\",\"tool_calls\":[",
					"\"a\",\"tool_calls\":[" };
		};
		String before = format + " whole ";
		this.answers.put(before + "text", many(frame[0] + "\"", "x", "\"" + frame[1]));
		this.answers.put(before + "empty objects", many(frame[0] + frame[3], "{},", "{}]" + frame[1]));
		this.answers.put(before + "empty lists", many(frame[0] + frame[3], "[],", "[]]" + frame[1]));
		this.answers.put(before + "calls",
				many(frame[0] + frame[3],
						"{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{\"a\":[[],[],[]]},"
								+ "\"function\":{\"name\":\"f\",\"arguments\":{\"a\":[[],[],[]]}}},",
						"{}]" + frame[1]));
		this.answers.put(before + "one call of many tokens",
				many(frame[0] + frame[3] + "{\"type\":\"tool_use\",\"id\":\"c\",\"name\":\"f\",\"input\":{\"a\":[0]},"
						+ "\"function\":{\"name\":\"f\",\"arguments\":{\"a\":[", "[],", "0]}}}]" + frame[1]));
		this.answers.put(before + "deep", many(frame[0], "[", ""));
		this.answers.put(before + "digits", many(frame[0], "1", frame[1]));
		this.answers.put(before + "names", many("{", "\"a\":1,", "\"b\":1}"));
		this.answers.put(before + "text without an end", (out) -> {
			write(out, frame[0] + "\"");
			while (true) {
				write(out, "xxxxxxxxxxxxxxxx");
			}
		});
		this.answers.put(before + "error of a large tree",
				many("{\"error\":{\"message\":\"no\",\"more\":[", "[],", "1]}}"));
		this.answers.put(before + "error without an end", (out) -> {
			write(out, "{\"error\":{\"message\":\"");
			while (true) {
				write(out, "key=aaaaaaaaaaaaaaaa ");
			}
		});
		this.answers.put(before + "packed", HostileAnswers::packed);
	}

	/** A thousand times as long as it is on the wire. */
	private static void packed(OutputStream out) throws IOException {
		try (GZIPOutputStream packing = new GZIPOutputStream(out)) {
			byte[] blank = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
			for (int i = 0; i < 1 << 14; i++) {
				packing.write(blank);
			}
		}
	}

	private static Body many(String first, String part, String last) {
		return (out) -> {
			write(out, first);
			for (int written = 0; written < LARGE; written += part.length()) {
				write(out, part);
			}
			write(out, last);
		};
	}

	private static void write(OutputStream out, String text) throws IOException {
		out.write(text.getBytes(StandardCharsets.UTF_8));
	}

	private void accept(ServerSocket vendor) {
		while (true) {
			try (Socket socket = vendor.accept();
					OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16)) {
				readRequest(socket.getInputStream());
				write(out, this.head);
				this.now.write(out);
			}
			catch (IOException ex) {
				if (vendor.isClosed()) {
					return;
				}
			}
		}
	}

	/** Head and body come in a few packets. */
	private static void readRequest(InputStream in) throws IOException {
		byte[] bytes = new byte[1 << 16];
		int length = 0;
		while (!new String(bytes, 0, length, StandardCharsets.US_ASCII).endsWith("}")) {
			int read = in.read(bytes, length, bytes.length - length);
			if (read < 0) {
				throw new IOException("closed");
			}
			length += read;
		}
	}

}
