package io.arcllm.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
 * Three vendors that need no key and no network: Anthropic, OpenAI and Ollama on loopback
 * ports. Their answers say that they are simulated.
 */
public final class FakeVendors implements AutoCloseable {

	private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

	private final LoopResources loops = LoopResources.create("simulator", 1, true);

	private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final List<FakeVendor> vendors = new ArrayList<>();

	private FakeVendors() {
	}

	/**
	 * Starts all three.
	 */
	public static FakeVendors start(FakeVendorSettings settings) {
		FakeVendors simulator = new FakeVendors();
		try {
			for (Vendor vendor : List.of(new AnthropicVendor(), new OpenAiVendor(), new OllamaVendor())) {
				simulator.vendors.add(new FakeVendor(vendor, settings, simulator.loops, simulator.channels));
			}
		}
		catch (RuntimeException ex) {
			simulator.close();
			throw ex;
		}
		if (settings.failEvery() > 0) {
			simulator.vendor(settings.failing())
				.ifPresent((vendor) -> vendor.set(Dial.of(Fault.OVERLOADED).every(settings.failEvery())));
		}
		return simulator;
	}

	/**
	 * The vendors.
	 */
	public List<FakeVendor> vendors() {
		return List.copyOf(this.vendors);
	}

	/**
	 * The vendor of that name, if it is simulated.
	 */
	public Optional<FakeVendor> vendor(String name) {
		return this.vendors.stream().filter((vendor) -> vendor.name().equals(name)).findFirst();
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
