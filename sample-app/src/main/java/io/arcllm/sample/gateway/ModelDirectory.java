package io.arcllm.sample.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.arcllm.LlmConfigException;
import io.arcllm.LlmProvider;
import io.arcllm.LlmProviders;
import io.arcllm.LlmRequest;
import io.arcllm.Target;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Finds the target of a request to the gateway. It reaches only configured providers, and
 * of their models only those that the configuration names, unless {@code gateway.models}
 * is {@code any}.
 */
@Component
class ModelDirectory {

	private final LlmProviders providers;

	private final boolean any;

	ModelDirectory(LlmProviders providers, GatewayProperties gateway) {
		this.providers = providers;
		this.any = gateway.models() == GatewayProperties.Models.ANY;
	}

	/**
	 * The provider to ask, and the request.
	 */
	record Route(LlmProvider provider, LlmRequest request) {
	}

	/**
	 * @throws InvalidChatException if nothing of that name may be asked
	 */
	Route route(ChatRequest chat) {
		String model = chat.model();
		if (this.providers.models().containsKey(model)) {
			return new Route(byName(model), chat.request());
		}
		if (model.isEmpty() || model.equals("default")) {
			return new Route(this.providers.primary(), chat.request());
		}
		int slash = model.indexOf('/');
		String name = (slash < 0) ? model : model.substring(0, slash);
		if (!this.providers.names().contains(name)) {
			return new Route(byName(model), chat.request());
		}
		if (slash == model.length() - 1 || (slash >= 0 && !this.any && !ids().contains(model))) {
			throw unknown(model, "");
		}
		return new Route(this.providers.load(name),
				(slash < 0) ? chat.request() : chat.request().withModel(model.substring(slash + 1)));
	}

	/**
	 * A name of {@code arcllm.models}, which goes before all else, or a model that one
	 * provider alone has.
	 */
	private LlmProvider byName(String model) {
		try {
			return this.providers.load(model);
		}
		catch (LlmConfigException ex) {
			throw unknown(model, ex.getMessage() + " ");
		}
	}

	private InvalidChatException unknown(String model, String why) {
		return new InvalidChatException(
				404, "The model '" + model + "' does not exist. " + why + "There is: default, "
						+ String.join(", ", ids()) + (this.any ? "; or any other model as 'provider/model'." : "."),
				"model_not_found", "model");
	}

	/**
	 * All that can be asked by name.
	 */
	List<String> ids() {
		List<String> ids = new ArrayList<>(this.providers.names());
		ids.addAll(this.providers.models().keySet());
		this.providers.targets().stream().map(Target::toString).filter((id) -> !ids.contains(id)).forEach(ids::add);
		return ids;
	}

	/** The targets behind a name of {@code arcllm.models}; none where it is no name. */
	List<Target> behind(String id) {
		return this.providers.models().getOrDefault(id, List.of());
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
