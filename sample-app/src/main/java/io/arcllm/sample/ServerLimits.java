package io.arcllm.sample;

import java.time.Duration;

import reactor.netty.NettyPipeline;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Bounds the time that a request may take to arrive, head and body together.
 */
@Component
class ServerLimits implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

	private static final Duration LONGEST_REQUEST = Duration.ofSeconds(30);

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers((server) -> server.doOnChannelInit((observer, channel, remote) -> {
			if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
				RequestDeadline.add(channel.pipeline(), NettyPipeline.HttpCodec, LONGEST_REQUEST.toMillis());
			}
		}));
	}

}
