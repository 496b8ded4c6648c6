package io.arcllm.test;

import java.util.Arrays;
import java.util.List;

import io.arcllm.Attempt;
import io.arcllm.ErrorKind;
import io.arcllm.Target;
import io.arcllm.Trail;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on the trail of a call. Targets are written as a provider's name, or as
 * {@code provider/model}.
 */
public final class TrailAssert extends AbstractAssert<TrailAssert, Trail> {

	TrailAssert(Trail actual) {
		super(actual, TrailAssert.class);
	}

	/**
	 * Verifies that exactly these targets were asked, in this order. A target that was
	 * asked twice is named twice. Targets that were passed over do not count.
	 */
	public TrailAssert asked(String... targets) {
		isNotNull();
		List<Target> asked = this.actual.attempts()
			.stream()
			.filter((attempt) -> attempt.outcome() != Attempt.Outcome.SKIPPED
					&& attempt.outcome() != Attempt.Outcome.CACHED)
			.map(Attempt::target)
			.toList();
		boolean same = asked.size() == targets.length;
		for (int i = 0; same && i < targets.length; i++) {
			same = isMeant(targets[i], asked.get(i));
		}
		if (!same) {
			failWithMessage("Expected these targets to be asked:%n  %s%nbut asked were:%n  %s%nin the trail:%n  %s",
					Arrays.asList(targets), asked, this.actual);
		}
		return this;
	}

	/** Verifies that at least this target was passed over. */
	public TrailAssert skipped(String target) {
		return skipped(target, null);
	}

	/** Verifies that at least this target was passed over for this reason. */
	public TrailAssert skipped(String target, @Nullable ErrorKind reason) {
		isNotNull();
		boolean found = this.actual.attempts()
			.stream()
			.anyMatch((attempt) -> attempt.outcome() == Attempt.Outcome.SKIPPED && isMeant(target, attempt.target())
					&& (reason == null || attempt.error() == reason));
		if (!found) {
			failWithMessage("Expected <%s> to be passed over%s, in the trail:%n  %s", target,
					(reason == null) ? "" : " as " + reason, this.actual);
		}
		return this;
	}

	/** Verifies the number of requests that were sent. */
	public TrailAssert hasRequests(int requests) {
		isNotNull();
		Assertions.assertThat(this.actual.requests()).as("requests").isEqualTo(requests);
		return this;
	}

	static boolean isMeant(String written, Target target) {
		return written.contains("/") ? target.equals(Target.parse(written)) : target.provider().equals(written);
	}

}
