package io.arcllm.sample.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Finds whom a client of the gateway means. Reaches configured providers alone.
 */
@Component
class ModelDirectory {

	private final LlmProviders providers;

	ModelDirectory(LlmProviders providers) {
		this.providers = providers;
	}

	/**
	 * Whom to ask what.
	 */
	record Route(LlmProvider provider, LlmRequest request) {
	}

	/**
	 * @throws InvalidChatException if there is no such provider
	 */
	Route route(ChatRequest chat) {
		String model = chat.model();
		if (model.isEmpty() || model.equals("default")) {
			return new Route(this.providers.primary(), chat.request());
		}
		int slash = model.indexOf('/');
		String name = (slash < 0) ? model : model.substring(0, slash);
		if (!this.providers.names().contains(name) || slash == model.length() - 1) {
			throw new InvalidChatException(404, "The model '" + model + "' does not exist. There is: default, "
					+ String.join(", ", ids()) + "; or any other model as 'provider/model'.", "model_not_found",
					"model");
		}
		return new Route(this.providers.load(name),
				(slash < 0) ? chat.request() : chat.request().withModel(model.substring(slash + 1)));
	}

	/**
	 * All that can be asked by name.
	 */
	List<String> ids() {
		List<String> ids = new ArrayList<>(this.providers.names());
		this.providers.targets().stream().map(Target::toString).filter((id) -> !ids.contains(id)).forEach(ids::add);
		return ids;
	}

	/**
	 * The model that a target means.
	 */
	String modelOf(Target target) {
		String model = target.model();
		return (model != null) ? model : Objects.requireNonNullElse(configured(target.provider()), target.provider());
	}

	private @Nullable String configured(String provider) {
		for (Target target : this.providers.targets()) {
			if (target.provider().equals(provider) && target.model() != null) {
				return target.model();
			}
		}
		return null;
	}

}
