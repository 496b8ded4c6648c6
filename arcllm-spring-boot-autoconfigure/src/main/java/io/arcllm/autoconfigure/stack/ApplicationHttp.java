package io.arcllm.autoconfigure.stack;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The application's settings for all of its HTTP clients.
 *
 * @param builder has filters and codecs; it is cloned
 * @param connector the customized connector of all clients, such as with a proxy
 * @param settings {@code spring.http.clients}: timeouts and an SSL bundle
 * @param bundles the application's certificates
 * @param observations whether clients are observed
 */
public record ApplicationHttp(WebClient.Builder builder, ReactorClientHttpConnectorBuilder connector,
		HttpClientSettings settings, @Nullable SslBundles bundles, boolean observations) {

	private static final List<String> QUALIFIERS = List.of("org.springframework.beans.factory.annotation.Qualifier",
			"jakarta.inject.Qualifier");

	/**
	 * The application's builder that is meant for all clients: the only one without a
	 * qualifier, or the primary one of several. A builder with a qualifier, such as
	 * {@code @LoadBalanced}, is meant for the application's own services.
	 */
	public static WebClient.Builder builder(ListableBeanFactory beans) {
		List<String> meant = Arrays.stream(beans.getBeanNamesForType(WebClient.Builder.class))
			.filter((name) -> !isQualified(beans, name))
			.toList();
		List<String> primary = meant.stream().filter((name) -> isPrimary(beans, name)).toList();
		List<String> one = (meant.size() == 1) ? meant : primary;
		return (one.size() == 1) ? beans.getBean(one.get(0), WebClient.Builder.class) : WebClient.builder();
	}

	private static boolean isPrimary(ListableBeanFactory beans, String name) {
		BeanDefinition definition = definition(beans, name);
		return definition != null && definition.isPrimary();
	}

	private static boolean isQualified(ListableBeanFactory beans, String name) {
		if (!(definition(beans, name) instanceof AbstractBeanDefinition definition)) {
			return false;
		}
		boolean byFactory = definition instanceof RootBeanDefinition root && root.getResolvedFactoryMethod() != null
				&& isQualifying(MergedAnnotations.from(root.getResolvedFactoryMethod()));
		return byFactory || !definition.isAutowireCandidate() || !definition.isDefaultCandidate()
				|| !definition.getQualifiers().isEmpty();
	}

	private static boolean isQualifying(MergedAnnotations annotations) {
		return QUALIFIERS.stream().anyMatch(annotations::isPresent);
	}

	private static @Nullable BeanDefinition definition(ListableBeanFactory beans, String name) {
		return (beans instanceof ConfigurableListableBeanFactory factory && factory.containsBeanDefinition(name))
				? factory.getMergedBeanDefinition(name) : null;
	}

}
