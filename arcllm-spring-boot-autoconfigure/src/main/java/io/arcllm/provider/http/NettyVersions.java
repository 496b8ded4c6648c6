package io.arcllm.provider.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.netty.util.Version;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * Finds versions of Netty or Reactor Netty that are older than those ArcLLM is tested
 * with, which have fixes that long streams need.
 */
public final class NettyVersions {

	/** As in the parent's POM and in the BOM; a test compares them. */
	static final String NETTY = "4.2.18.Final";

	static final String REACTOR_NETTY = "1.3.8";

	private NettyVersions() {
	}

	/**
	 * One sentence for each library of the class path that is older; empty if none is.
	 */
	public static List<String> older() {
		Version netty = Version.identify().get("netty-common");
		return older((netty == null) ? null : netty.artifactVersion(),
				HttpClient.class.getPackage().getImplementationVersion());
	}

	static List<String> older(@Nullable String netty, @Nullable String reactorNetty) {
		List<String> older = new ArrayList<>();
		compare("Netty", netty, NETTY, older);
		compare("Reactor Netty", reactorNetty, REACTOR_NETTY, older);
		return older;
	}

	private static void compare(String what, @Nullable String there, String tested, List<String> older) {
		if (there != null && Arrays.compare(numbers(there), numbers(tested)) < 0) {
			older.add(what + " " + there + " is older than the " + tested
					+ " that ArcLLM is tested with; import io.arcllm:arcllm-bom before Spring Boot's versions, or set its version");
		}
	}

	/** The numbers before the first part that is no number. */
	private static int[] numbers(String version) {
		return Arrays.stream(version.split("[.-]"))
			.takeWhile((part) -> part.length() < 9 && part.chars().allMatch((c) -> c >= '0' && c <= '9'))
			.filter((part) -> !part.isEmpty())
			.mapToInt(Integer::parseInt)
			.toArray();
	}

}
