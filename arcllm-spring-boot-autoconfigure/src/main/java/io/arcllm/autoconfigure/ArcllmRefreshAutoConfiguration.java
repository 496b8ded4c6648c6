package io.arcllm.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import io.arcllm.LlmConfigException;
import io.arcllm.autoconfigure.actuator.EndpointAction;
import io.arcllm.autoconfigure.stack.StackLlmProviders;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

/**
 * Reads the configuration again on request, or when the environment has changed.
 */
@AutoConfiguration(after = ArcllmAutoConfiguration.class)
@ConditionalOnBean(StackLlmProviders.class)
public final class ArcllmRefreshAutoConfiguration {

	private static final Log logger = LogFactory.getLog(ArcllmRefreshAutoConfiguration.class);

	/** Spring Cloud's event, by name, so that Spring Cloud is no dependency. */
	private static final String CHANGED = "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

	@Bean
	Refresh arcllmRefresh(ConfigurableEnvironment environment, ResourceLoader loader, ListableBeanFactory beans) {
		return new Refresh(environment, loader, beans);
	}

	@Bean
	ApplicationListener<ApplicationEvent> arcllmEnvironmentListener(Refresh refresh) {
		return new EnvironmentListener(refresh);
	}

	/**
	 * Refreshes when the environment has changed.
	 */
	private record EnvironmentListener(Refresh refresh) implements ApplicationListener<ApplicationEvent> {

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
			if (event.getClass().getName().equals(CHANGED)) {
				try {
					Refresh.Done done = this.refresh.refresh(false);
					logger.info(done.changed() ? "The configuration of arcllm was read again" + restart(done)
							: "The configuration of arcllm is as it was");
				}
				catch (LlmConfigException ex) {
					logger.error("The configuration of arcllm stays as it was: " + ex.getMessage());
				}
			}
		}

		private static String restart(Refresh.Done done) {
			return done.restart().isEmpty() ? ""
					: "; with a restart alone changes " + String.join(", ", done.restart());
		}

	}

	/**
	 * The actuator's action.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(InvalidEndpointRequestException.class)
	static class Acting {

		@Bean
		EndpointAction arcllmReload(Refresh refresh) {
			return new Reload(refresh);
		}

		/**
		 * Reads the files again.
		 */
		private record Reload(Refresh refresh) implements EndpointAction {

			@Override
			public String name() {
				return "reload";
			}

			@Override
			public Object run(Parameters parameters) {
				try {
					Refresh.Done done = this.refresh.refresh(true);
					Map<String, Object> answer = new LinkedHashMap<>();
					answer.put("changed", done.changed());
					answer.put("message", done.changed() ? "The configuration was read again"
							: "Nothing has changed: the configuration is as it was");
					answer.put("restart", done.restart());
					return answer;
				}
				catch (LlmConfigException ex) {
					String reason = "The configuration stays as it was: " + ex.getMessage();
					throw new InvalidEndpointRequestException(reason, reason);
				}
			}

		}

	}

}
