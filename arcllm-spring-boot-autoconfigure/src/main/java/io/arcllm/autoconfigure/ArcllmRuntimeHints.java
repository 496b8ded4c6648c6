package io.arcllm.autoconfigure;

import java.util.List;

import io.arcllm.Content;
import io.arcllm.autoconfigure.config.ArcllmProperties;
import io.arcllm.autoconfigure.config.ModuleSettings;
import io.arcllm.autoconfigure.config.ProviderProperties;
import io.arcllm.module.cache.CachedAnswer;
import io.arcllm.provider.ModelCatalog;
import io.arcllm.provider.Preset;
import io.arcllm.provider.Presets;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * Registers for a native image what is read by reflection and from the class path.
 */
final class ArcllmRuntimeHints implements RuntimeHintsRegistrar {

	/** Exceptions of other clients, and the types by which they are read. */
	private static final List<String> SDK_TYPES = List.of("com.openai.errors.OpenAIServiceException",
			"com.openai.core.http.Headers", "com.openai.core.JsonValue",
			"com.anthropic.errors.AnthropicServiceException", "com.anthropic.core.http.Headers",
			"com.anthropic.core.JsonValue", "dev.langchain4j.exception.HttpException");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources()
			.registerPattern("META-INF/arcllm/*")
			.registerPattern(Presets.class.getPackageName().replace('.', '/') + "/*.json");
		BindingReflectionHintsRegistrar bound = new BindingReflectionHintsRegistrar();
		bound.registerReflectionHints(hints.reflection(), Preset.class, ModelCatalog.Row.class, CachedAnswer.class);
		for (Class<?> kinds : List.of(Content.class, Content.Source.class)) {
			bound.registerReflectionHints(hints.reflection(), kinds.getPermittedSubclasses());
		}
		hints.reflection().registerType(ArcllmProperties.Modules.class, MemberCategory.INVOKE_PUBLIC_METHODS);
		for (String type : SDK_TYPES) {
			hints.reflection().registerTypeIfPresent(classLoader, type, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
		Class<?>[] settings = ModuleSettings.types().values().toArray(Class<?>[]::new);
		BindableRuntimeHintsRegistrar.forTypes(settings).registerHints(hints, classLoader);
		BindableRuntimeHintsRegistrar
			.forTypes(ArcllmProperties.class, ProviderProperties.class, ModuleSettings.Switch.class)
			.registerHints(hints, classLoader);
	}

}
