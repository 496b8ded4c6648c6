package io.arcllm.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.arcllm.module.routing.Chance;
import io.arcllm.test.vendor.AnthropicVendor;
import io.arcllm.test.vendor.Fault;
import io.arcllm.test.vendor.OllamaVendor;
import io.arcllm.test.vendor.OpenAiVendor;
import io.arcllm.test.vendor.Vendor;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import reactor.netty.resources.LoopResources;

/**
 * Vendors without a key or a network: each answers in a real wire format on its own
 * loopback port, and breaks on request. Their answers say that they are simulated. Safe
 * for use by many threads.
 */
public final class FakeVendors implements AutoCloseable {

	private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

	private final LoopResources loops = LoopResources.create("simulator", 1, true);

	private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final SeededChance chance = new SeededChance();

	private final List<FakeVendor> vendors = new ArrayList<>();

	private FakeVendors() {
	}

	/**
	 * Starts Anthropic, OpenAI and Ollama, healthy and without any waiting.
	 */
	public static FakeVendors start() {
		return start(FakeVendorSettings.instant());
	}

	/**
	 * Starts Anthropic, OpenAI and Ollama.
	 */
	public static FakeVendors start(FakeVendorSettings settings) {
		Map<String, String> formats = new LinkedHashMap<>();
		List.of("anthropic", "openai", "ollama").forEach((name) -> formats.put(name, name));
		return start(settings, formats);
	}

	/**
	 * Starts one vendor for each name.
	 * @param formats the wire format by the vendor's name: {@code anthropic}, {@code
	 * openai} or {@code ollama}
	 */
	public static FakeVendors start(FakeVendorSettings settings, Map<String, String> formats) {
		FakeVendors started = new FakeVendors();
		try {
			formats.forEach((name, format) -> started.vendors
				.add(new FakeVendor(vendor(name, format), settings, started.chance, started.loops, started.channels)));
		}
		catch (RuntimeException ex) {
			started.close();
			throw ex;
		}
		if (settings.failEvery() > 0) {
			started.vendor(settings.failing())
				.ifPresent((vendor) -> vendor.set(Dial.of(Fault.OVERLOADED).every(settings.failEvery())));
		}
		return started;
	}

	private static Vendor vendor(String name, String format) {
		return switch (format) {
			case "anthropic" -> new AnthropicVendor(name);
			case "openai" -> new OpenAiVendor(name);
			case "ollama" -> new OllamaVendor(name);
			default -> throw new IllegalArgumentException(
					"'" + format + "' is no wire format of fake vendors: it is one of anthropic, openai, ollama");
		};
	}

	/**
	 * The vendors.
	 */
	public List<FakeVendor> vendors() {
		return List.copyOf(this.vendors);
	}

	/**
	 * The vendor of that name, if there is one.
	 */
	public Optional<FakeVendor> vendor(String name) {
		return this.vendors.stream().filter((vendor) -> vendor.name().equals(name)).findFirst();
	}

	/**
	 * The vendor of that name.
	 * @throws IllegalArgumentException if there is none; the message names the existing
	 * ones
	 */
	public FakeVendor of(String name) {
		return vendor(name).orElseThrow(() -> new IllegalArgumentException("There is no fake vendor '" + name
				+ "': there are " + this.vendors.stream().map(FakeVendor::name).toList()));
	}

	/**
	 * Makes random choices repeatable: which calls of a share break and, with
	 * {@code @ArcllmTest}, the jitter of waits and weighted choices.
	 */
	public void seed(long seed) {
		this.chance.seed(seed);
	}

	/** The source of random numbers of these vendors. */
	public Chance chance() {
		return this.chance;
	}

	/**
	 * Makes all vendors healthy and forgets their requests.
	 */
	public void reset() {
		this.vendors.forEach(FakeVendor::reset);
	}

	/**
	 * Closes every connection and port, and waits until the threads have ended.
	 */
	@Override
	public void close() {
		this.vendors.forEach(FakeVendor::stopListening);
		this.channels.close().awaitUninterruptibly(LONGEST_CLOSE.toMillis());
		this.loops.disposeLater(Duration.ZERO, LONGEST_CLOSE).block(LONGEST_CLOSE);
	}

}
