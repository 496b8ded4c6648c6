package io.arcllm.sample.gateway;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.arcllm.Target;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lists the models that can be asked, in OpenAI's format.
 */
@RestController
class ModelsController {

	private final ModelDirectory models;

	ModelsController(ModelDirectory models) {
		this.models = models;
	}

	/**
	 * A list of models.
	 */
	record Models(String object, List<Model> data) {
	}

	/**
	 * A model, or a name with its targets.
	 */
	record Model(String id, String object, long created, String owned_by,
			@JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> targets) {

		private static Model of(String id, List<Target> behind) {
			String owner = behind.isEmpty() ? id.split("/", 2)[0] : behind.get(0).provider();
			return new Model(id, "model", 0, owner, behind.stream().map(Target::toString).toList());
		}

	}

	@GetMapping("/v1/models")
	Models all() {
		return new Models("list", this.models.ids().stream().map(this::model).toList());
	}

	private Model model(String id) {
		return Model.of(id, this.models.behind(id));
	}

	@GetMapping("/v1/models/{*id}")
	ResponseEntity<?> one(@PathVariable String id) {
		String wanted = id.substring(1);
		if (this.models.ids().contains(wanted)) {
			return ResponseEntity.ok(model(wanted));
		}
		GatewayError error = GatewayErrors.of(new InvalidChatException(404,
				"The model '" + wanted + "' does not exist.", "model_not_found", "model"));
		return ResponseEntity.status(error.status()).contentType(MediaType.APPLICATION_JSON).body(error.body());
	}

}
