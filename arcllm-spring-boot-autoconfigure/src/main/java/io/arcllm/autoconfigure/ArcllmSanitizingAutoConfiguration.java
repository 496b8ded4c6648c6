package io.arcllm.autoconfigure;

import java.util.regex.Pattern;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Keeps keys and passwords out of the actuator, also where it is told to show values.
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
public final class ArcllmSanitizingAutoConfiguration {

	private static final Pattern SECRET = Pattern.compile(
			"^arcllm[._]?providers[._].*(api[-_]?keys?|password|headers|options|base[-_]?url)",
			Pattern.CASE_INSENSITIVE);

	@Bean
	SanitizingFunction arcllmSanitizing() {
		return (data) -> SECRET.matcher(data.getLowerCaseKey()).find() ? masked(data) : data;
	}

	private static SanitizableData masked(SanitizableData data) {
		Object value = data.getValue();
		boolean url = data.getLowerCaseKey().replaceAll("[-_]", "").endsWith("baseurl");
		return data.withValue((url && value != null) ? Text.maskUserInfo(value.toString()) : Text.MASK);
	}

}
