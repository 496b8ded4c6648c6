package org.springframework.cloud.context.environment;

import org.springframework.context.ApplicationEvent;

/**
 * Has the name of Spring Cloud's event, which the library knows by its name alone.
 */
public class EnvironmentChangeEvent extends ApplicationEvent {

	public EnvironmentChangeEvent(Object source) {
		super(source);
	}

}
