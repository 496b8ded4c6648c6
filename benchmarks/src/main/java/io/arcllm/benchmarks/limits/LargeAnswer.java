package io.arcllm.benchmarks.limits;

import java.lang.management.ManagementFactory;
import java.time.Duration;

import io.arcllm.LlmException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmRequest;
import io.arcllm.benchmarks.calls.ArcLlm;
import io.arcllm.benchmarks.calls.VendorProcess;

/**
 * Asks for an answer of 200 MB, whole and streamed, and prints the error. To be run with
 * {@code -Xmx256m}.
 */
public final class LargeAnswer {

	private LargeAnswer() {
	}

	public static void main(String[] args) throws Exception {
		System.out.printf("%d MB heap%n", Runtime.getRuntime().maxMemory() / 1024 / 1024);
		try (VendorProcess vendor = VendorProcess.start()) {
			LlmProvider provider = new ArcLlm(vendor.url("large"), "arcllm.modules.retry.enabled=false").provider();
			for (boolean streaming : new boolean[] { false, true }) {
				String what = streaming ? "streamed" : "whole";
				try {
					provider.exchange(LlmRequest.of("Tell me of the sea.").withStreaming(streaming))
						.blockLast(Duration.ofMinutes(2));
					throw new IllegalStateException("The " + what + " answer was taken");
				}
				catch (LlmException ex) {
					System.out.printf("%s: %s, %d threads%n  %s%n", what, ex.kind(),
							ManagementFactory.getThreadMXBean().getThreadCount(), ex.getMessage());
				}
			}
		}
	}

}
