package io.arcllm.sample.gateway;

import java.util.List;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lists what can be asked, as OpenAI does.
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
	 * A model.
	 */
	record Model(String id, String object, long created, String owned_by) {

		private static Model of(String id) {
			return new Model(id, "model", 0, id.split("/", 2)[0]);
		}

	}

	@GetMapping("/v1/models")
	Models all() {
		return new Models("list", this.models.ids().stream().map(Model::of).toList());
	}

	@GetMapping("/v1/models/{*id}")
	ResponseEntity<?> one(@PathVariable String id) {
		String wanted = id.substring(1);
		if (this.models.ids().contains(wanted)) {
			return ResponseEntity.ok(Model.of(wanted));
		}
		GatewayError error = GatewayErrors.of(new InvalidChatException(404,
				"The model '" + wanted + "' does not exist.", "model_not_found", "model"));
		return ResponseEntity.status(error.status()).contentType(MediaType.APPLICATION_JSON).body(error.body());
	}

}
