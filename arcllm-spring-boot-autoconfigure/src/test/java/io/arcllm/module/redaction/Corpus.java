package io.arcllm.module.redaction;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.core.io.ClassPathResource;

/**
 * Sentences with personal data in the forms of several countries, and sentences that only
 * look so; what is to be found is marked with its type.
 */
final class Corpus {

	private static final Pattern MARKED = Pattern.compile("⟦([a-z-]+)\\|([^⟧]+)⟧");

	private Corpus() {
	}

	/**
	 * A part to be found.
	 */
	record Canary(String type, String value, int start) {
	}

	/**
	 * A sentence.
	 */
	record Line(String text, List<Canary> canaries) {
	}

	static List<Line> lines() {
		try {
			Path file = new ClassPathResource("corpus.txt", Corpus.class).getFile().toPath();
			return Files.readAllLines(file, StandardCharsets.UTF_8).stream().map(Corpus::line).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Line line(String written) {
		Matcher matcher = MARKED.matcher(written.replace("\\n", "\n").replace("\\\\", "\\"));
		StringBuilder text = new StringBuilder();
		List<Canary> canaries = new ArrayList<>();
		while (matcher.find()) {
			matcher.appendReplacement(text, "");
			canaries.add(new Canary(matcher.group(1), matcher.group(2), text.length()));
			text.append(matcher.group(2));
		}
		matcher.appendTail(text);
		return new Line(text.toString(), canaries);
	}

}
