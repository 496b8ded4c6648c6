package io.arcllm.sample;

import java.util.List;

import io.arcllm.test.Dial;
import io.arcllm.test.FakeVendor;
import io.arcllm.test.FakeVendors;
import io.arcllm.test.VendorState;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The simulator's dials, for callers on this machine only.
 */
@RestController
@RequestMapping("/simulator")
@ConditionalOnBooleanProperty(name = "simulator.enabled", matchIfMissing = true)
class SimulatorController {

	private final FakeVendors simulator;

	SimulatorController(FakeVendors simulator) {
		this.simulator = simulator;
	}

	@ModelAttribute
	void refuseOthers(ServerHttpRequest request) {
		LocalCallers.require(request);
	}

	@GetMapping
	List<VendorState> states() {
		return this.simulator.vendors().stream().map(FakeVendor::state).toList();
	}

	@PutMapping(path = "/{vendor}", consumes = MediaType.APPLICATION_JSON_VALUE)
	VendorState set(@PathVariable String vendor, @RequestBody JsonNode dial) {
		FakeVendor simulated = this.simulator.vendor(vendor)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "No such vendor"));
		try {
			simulated.set(Dial.read(dial));
		}
		catch (IllegalArgumentException ex) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, ex.getMessage(), ex);
		}
		return simulated.state();
	}

}
