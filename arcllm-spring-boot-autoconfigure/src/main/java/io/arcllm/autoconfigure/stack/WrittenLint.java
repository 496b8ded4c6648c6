package io.arcllm.autoconfigure.stack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import io.arcllm.CallOptions;
import io.arcllm.ErrorKind;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.LayeredBinder;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderProperties;
import io.arcllm.autoconfigure.config.ProviderProperties.Model;
import io.arcllm.autoconfigure.config.Text;
import io.arcllm.module.audit.AuditSettings;
import io.arcllm.module.budget.BudgetSettings;
import io.arcllm.module.bulkhead.BulkheadSettings;
import io.arcllm.module.fallback.FallbackSettings;
import io.arcllm.module.fallback.FallbackSettings.Affinity;
import io.arcllm.module.fallback.FallbackSettings.Choice;
import io.arcllm.module.redaction.RedactionSettings;
import io.arcllm.module.retry.RetrySettings;

/**
 * Finds values that are valid, but probably mistakes.
 */
final class WrittenLint {

	private static final Set<String> SIZES = Set.of("max-size", "max-content", "max-response-size", "max-header-size");

	private static final Pattern REQUEST = Pattern
		.compile("/(chat/completions|completions|messages|api/chat|api/generate)/?$");

	/** What holds what the application likes, or is missed elsewhere. */
	private static final Pattern FREE = Pattern.compile("\\.(api-keys?|regex|options|headers|stop-words)(\\W|$)");

	private static final String MODULES = "arcllm.modules.";

	private final LayeredBinder binder;

	private final ArcllmProperties properties;

	private final ModuleSettings settings;

	private final Targets targets;

	private final List<String> warnings = new ArrayList<>();

	WrittenLint(LayeredBinder binder, ArcllmProperties properties, ModuleSettings settings, Targets targets) {
		this.binder = binder;
		this.properties = properties;
		this.settings = settings;
		this.targets = targets;
	}

	/** The warnings, each of which begins with the whole key. */
	List<String> warnings() {
		this.binder.written().forEach((key, value) -> {
			size(key, value);
			placeholder(key, value);
		});
		this.properties.providers().forEach(this::provider);
		fallback();
		kinds("retry", settings("retry", RetrySettings.class).on());
		kinds("fallback", settings("fallback", FallbackSettings.class).on());
		times();
		modules();
		this.properties.models().forEach(this::name);
		return this.warnings;
	}

	private void warn(String key, String reason) {
		this.warnings.add(key + " " + reason);
	}

	private boolean isOn(String module) {
		return this.settings.enabled(module, null, CallOptions.NONE);
	}

	private <S> S settings(String module, Class<S> type) {
		return this.settings.bind(module, type, (String) null, CallOptions.NONE);
	}

	private void size(String key, String value) {
		if (SIZES.contains(key.substring(key.lastIndexOf('.') + 1)) && value.matches("[1-9]\\d*")) {
			warn(key, "is '" + value + "', a size without a unit, which is bytes: write " + value + "B, " + value
					+ "KB or " + value + "MB");
		}
	}

	/** A key that is not there is said of its provider, and expressions may look so. */
	private void placeholder(String key, String value) {
		if (value.contains("${") && !FREE.matcher(key).find()) {
			warn(key, "has a placeholder that nothing resolves, so that it is taken as it stands: set what it names, or"
					+ " give it a default, such as ${NAME:}");
		}
	}

	private void provider(String name, ProviderProperties provider) {
		String prefix = "arcllm.providers." + name + ".";
		String url = Objects.requireNonNullElse(provider.baseUrl(), "");
		if (url.matches("[^/]*//[^/?#]*@.*") || url.contains("?") || url.contains("#")) {
			warn(prefix + "base-url", "has more than scheme, host, port and path, which would stand before the path of"
					+ " each request or be seen by others: set " + prefix + "api-key or " + prefix + "headers");
		}
		if (REQUEST.matcher(url).find()) {
			warn(prefix + "base-url", "ends with the path of a request, which is added to it: leave '"
					+ REQUEST.matcher(url).replaceAll((found) -> "") + "'");
		}
		keys(prefix, provider);
		Set<String> models = new HashSet<>();
		for (int i = 0; i < provider.models().size(); i++) {
			model(prefix + "models[" + i + "].", provider.models().get(i), models);
		}
		if (provider.http().proxy().port() != null && provider.http().proxy().host() == null) {
			warn(prefix + "http.proxy.port", "does nothing without a host: set " + prefix + "http.proxy.host");
		}
	}

	private void keys(String prefix, ProviderProperties provider) {
		String key = Objects.requireNonNullElse(provider.apiKey(), "");
		if (key.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
			warn(prefix + "api-key", "begins with 'Bearer', which is added to it: write the key alone");
		}
		if (!key.isBlank() && !provider.apiKeys().isEmpty()) {
			warn(prefix + "api-key", "is not used where there is " + prefix + "api-keys: write all in one list");
		}
		if (new HashSet<>(provider.apiKeys()).size() < provider.apiKeys().size()) {
			warn(prefix + "api-keys", "has the same key twice, which is no other key when it is refused: remove one");
		}
	}

	private void model(String prefix, Model model, Set<String> seen) {
		if (!seen.add(model.name())) {
			warn(prefix + "name", "is '" + model.name() + "' again, of which the first counts: remove one of the two");
		}
		if (model.price() != null && (model.price().input() == null || model.price().output() == null)) {
			warn(prefix + "price", "is half a price, which is none: set input and output");
		}
	}

	private void fallback() {
		if (!isOn("fallback")) {
			return;
		}
		FallbackSettings fallback = settings("fallback", FallbackSettings.class);
		String prefix = MODULES + "fallback.";
		boolean weighted = fallback.selection() == Choice.WEIGHTED;
		if (!weighted && !fallback.weights().isEmpty()) {
			warn(prefix + "weights",
					"does nothing, since selection is not weighted: set " + prefix + "selection to weighted");
		}
		if (weighted && fallback.weights().isEmpty()) {
			warn(prefix + "selection", "is weighted, but all targets weigh the same: set " + prefix + "weights");
		}
		if (fallback.affinity() != Affinity.NONE && fallback.selection() != Choice.ORDERED) {
			warn(prefix + "selection",
					"does nothing, since " + prefix + "affinity takes its place: remove one of the two");
		}
		if (!fallback.only().isEmpty()
				&& this.targets.names().stream().noneMatch((name) -> this.targets.isLabelled(name, fallback.only()))) {
			warn(prefix + "only", "asks for labels that no provider has, so that no other target is ever asked: set"
					+ " arcllm.providers.<name>.labels");
		}
	}

	private void kinds(String module, Set<ErrorKind> on) {
		if (isOn(module)) {
			on.stream()
				.filter(ErrorKind::endsTheCall)
				.sorted()
				.forEach((kind) -> warn(MODULES + module + ".on",
						"has '" + Text.dashed(kind) + "', which ends a call whatever is set here: remove it"));
		}
	}

	private void times() {
		Duration wait = settings("retry", RetrySettings.class).maxWait();
		if (isOn("retry") && this.binder.isConfigured("arcllm.deadline")
				&& this.binder.isConfigured(MODULES + "retry.max-wait")
				&& wait.compareTo(this.properties.deadline()) >= 0) {
			warn(MODULES + "retry.max-wait", "is not shorter than arcllm.deadline, so that no call can wait as long:"
					+ " make it shorter, or the deadline longer");
		}
		if (this.binder.isConfigured(MODULES + "order") && isOn("timeout")
				&& !this.properties.modules().order().contains("timeout")) {
			warn(MODULES + "order",
					"has no 'timeout', so that a silent target is waited for until the deadline: add it");
		}
	}

	private void modules() {
		if (isOn("budget") && !settings("budget", BudgetSettings.class).limitsAnything()) {
			warn(MODULES + "budget.enabled", "is true, but nothing is limited: set " + MODULES + "budget.limits");
		}
		RedactionSettings redaction = settings("redaction", RedactionSettings.class);
		if (isOn("redaction") && redaction.detectors().isEmpty() && redaction.patterns().isEmpty()) {
			warn(MODULES + "redaction.enabled",
					"is true, but nothing is looked for: set " + MODULES + "redaction.detectors or .patterns");
		}
		if (isOn("audit") && settings("audit", AuditSettings.class).sink() == AuditSettings.Sink.NONE) {
			warn(MODULES + "audit.sink",
					"is none, so that nothing is recorded: set it to log or event, or switch" + " audit off");
		}
		int places = settings("bulkhead", BulkheadSettings.class).maxConcurrent().calls();
		this.properties.providers().forEach((name, provider) -> {
			int connections = provider.http().maxConnections();
			if (isOn("bulkhead") && places > connections) {
				warn(MODULES + "bulkhead.max-concurrent", "is " + places + ", but there are " + connections
						+ " connections: set arcllm.providers." + name + ".http.max-connections");
			}
		});
	}

	private void name(String name, Object value) {
		if (value instanceof Map<?, ?> entries && new HashSet<>(entries.values()).size() < entries.size()) {
			warn("arcllm.models." + name, "has a target twice, which is asked once: remove one of the two");
		}
	}

}
