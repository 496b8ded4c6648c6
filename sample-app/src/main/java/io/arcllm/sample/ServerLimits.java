package io.arcllm.sample;

import java.time.Duration;

import reactor.netty.http.server.HttpServer;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Limits the time in which a request must arrive, head and body together.
 */
@Component
class ServerLimits implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

	private static final Duration LONGEST_REQUEST = Duration.ofSeconds(30);

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers((server) -> limited(server, LONGEST_REQUEST));
	}

	/** The same server, whatever protocols it speaks. */
	static HttpServer limited(HttpServer server, Duration longest) {
		return server.doOnChannelInit(
				(observer, channel, remote) -> RequestDeadline.add(channel.pipeline(), longest.toMillis()));
	}

}
