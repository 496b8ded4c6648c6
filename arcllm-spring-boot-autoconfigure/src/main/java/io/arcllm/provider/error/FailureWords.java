package io.arcllm.provider.error;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.net.ssl.SSLException;

import io.arcllm.PrintableText;

/**
 * The type and the words of an exception of other code for messages that callers outside
 * may read: without URLs, names and addresses of hosts, and keys.
 */
public final class FailureWords {

	private static final int WORTH_READING = 2000;

	private static final int LONGEST = 300;

	/** How many causes are looked at, as a chain of them may be a circle. */
	private static final int DEEPEST = 16;

	/** Shorter names may be a part of any word. */
	private static final int SHORTEST_PART = 4;

	private static final String LEFT_OUT = "…";

	private static final Pattern URL = Pattern
		.compile("\\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}+://([^\\s/\"'`<>?#]*+)[^\\s\"'`<>]*+");

	/** A host with its port, or an address of either version, in a word. */
	private static final Pattern ADDRESS = Pattern.compile("(?<![0-9.])[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?!\\.?[0-9])"
			+ "|\\[[0-9a-fA-F:.%]{2,60}\\]|(?:[0-9a-fA-F]{0,4}:){3}|(?<!\\w)::[0-9a-fA-F]|<unresolved>"
			+ "|^[^\\w]*[a-zA-Z][\\w.-]{0,250}:[0-9]{1,5}[^\\w]*$");

	/** How clients say that a certificate is for another host than they asked. */
	private static final Pattern OTHER_HOST = Pattern.compile(" matching | not verified");

	private static final Pattern IN_QUOTES = Pattern.compile("['\"(]([^'\")]{1,250})['\")]");

	private FailureWords() {
	}

	/** The type of the failure and its words. */
	public static String of(Throwable failure) {
		String words = words(failure);
		String type = failure.getClass().getName();
		return words.isEmpty() ? type : type + ": " + words;
	}

	/** The words of the failure. */
	static String words(Throwable failure) {
		List<Throwable> causes = causes(failure);
		if (causes.stream().anyMatch((one) -> one instanceof SSLException && OTHER_HOST.matcher(said(one)).find())) {
			return "its certificate is for another host";
		}
		Set<String> hosts = hosts(causes);
		String masked = Secrets.mask(URL.matcher(said(failure)).replaceAll(LEFT_OUT));
		String words = Arrays.stream(masked.split(" "))
			.filter((word) -> !ADDRESS.matcher(word).find() && hosts.stream().noneMatch((host) -> names(word, host)))
			.collect(Collectors.joining(" "))
			.replaceFirst("[\\s:,=>]++$", "");
		return PrintableText.clean(words, LONGEST);
	}

	private static List<Throwable> causes(Throwable failure) {
		List<Throwable> causes = new ArrayList<>();
		for (Throwable cause = failure; cause != null && causes.size() < DEEPEST; cause = cause.getCause()) {
			causes.add(cause);
		}
		return causes;
	}

	private static String said(Throwable failure) {
		try {
			return PrintableText.clean(Objects.requireNonNullElse(failure.getMessage(), ""), WORTH_READING);
		}
		catch (RuntimeException ex) {
			// the exception itself failed
			return "";
		}
	}

	/** The hosts that the exceptions name, in lower case. */
	private static Set<String> hosts(List<Throwable> causes) {
		Set<String> hosts = new TreeSet<>();
		for (Throwable cause : causes) {
			String said = said(cause);
			URL.matcher(said).results().map((found) -> host(found.group(1))).forEach(hosts::add);
			if (cause instanceof UnknownHostException) {
				Matcher quoted = IN_QUOTES.matcher(said);
				hosts.add(host(quoted.find() ? quoted.group(1) : said.split("[:\\s]", 2)[0]));
			}
		}
		hosts.remove("");
		return hosts;
	}

	private static String host(String authority) {
		return authority.substring(authority.lastIndexOf('@') + 1)
			.replaceFirst(":[0-9]*+$", "")
			.toLowerCase(Locale.ROOT);
	}

	private static boolean names(String word, String host) {
		String lower = word.toLowerCase(Locale.ROOT);
		return (host.length() >= SHORTEST_PART) ? lower.contains(host)
				: lower.replaceAll("^[^\\w]+|[^\\w]+$", "").equals(host);
	}

}
