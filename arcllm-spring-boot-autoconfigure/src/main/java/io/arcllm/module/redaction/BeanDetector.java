package io.arcllm.module.redaction;

import java.util.List;

import io.arcllm.PiiDetector;

/**
 * A detector that is a bean of the application.
 */
final class BeanDetector extends Detector {

	private final PiiDetector own;

	BeanDetector(PiiDetector own) {
		super(own.type());
		this.own = own;
	}

	/**
	 * It sees earlier characters, too; its matches there are ignored, because they were
	 * decided before.
	 */
	@Override
	void find(Scan scan, int from, Matches matches) {
		List<PiiDetector.Span> spans = this.own.find(scan.text);
		for (PiiDetector.Span span : spans) {
			if (span.end() > scan.end()) {
				throw new IllegalArgumentException("The detector '" + type() + "' found something beyond the text");
			}
			if (span.start() >= from) {
				matches.add(span.start(), span.end(), this);
			}
		}
		int begun = this.own.begunAt(scan.text);
		if (begun < scan.end()) {
			matches.open(Math.max(begun, from));
		}
	}

}
