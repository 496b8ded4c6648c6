package io.arcllm.sample.gateway;

import java.net.InetAddress;

import io.arcllm.RequestMetadata;
import io.arcllm.RequestMetadataResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The beans of the gateway, and the check that no address except loopback is opened
 * without a key.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewayProperties.class)
class GatewayConfiguration {

	GatewayConfiguration(GatewayProperties gateway, ServerProperties server, Environment environment) {
		if (!gateway.isKeyDemanded()) {
			check("server.address", server.getAddress());
			if (ManagementPortType.get(environment) == ManagementPortType.DIFFERENT) {
				check("management.server.address",
						environment.getProperty("management.server.address", InetAddress.class));
			}
		}
	}

	private static void check(String key, @Nullable InetAddress address) {
		if (address == null || !address.isLoopbackAddress()) {
			throw new IllegalStateException(key + " is " + described(address)
					+ ", which others can reach: set gateway.api-key or gateway.keys to a key of at least 16 characters, "
					+ "or " + key + " to 127.0.0.1");
		}
	}

	private static String described(@Nullable InetAddress address) {
		return (address == null) ? "not set" : address.getHostAddress();
	}

	/** The tenant of the key that the caller showed. */
	@Bean
	RequestMetadataResolver tenantOfTheKey() {
		return (context) -> context.hasKey(RequestMetadata.class) ? context.get(RequestMetadata.class)
				: RequestMetadata.EMPTY;
	}

}
