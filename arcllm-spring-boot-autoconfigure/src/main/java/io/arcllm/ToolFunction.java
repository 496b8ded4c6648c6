package io.arcllm;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A tool, and the function that runs when the model calls it.
 *
 * @param tool the tool as the model sees it
 * @param function makes the result from the arguments; what it throws is given to the
 * model as an error
 */
public record ToolFunction(Tool tool, Function<Map<String, @Nullable Object>, @Nullable Object> function) {

	/**
	 * The methods of a bean that carry {@link LlmTool}.
	 * @throws IllegalArgumentException if there is none
	 */
	static List<ToolFunction> of(Object bean) {
		Map<String, ToolFunction> bySignature = new TreeMap<>();
		for (Class<?> type = bean.getClass(); type != null; type = type.getSuperclass()) {
			add(bean, type, bySignature);
			for (Class<?> offered : type.getInterfaces()) {
				add(bean, offered, bySignature);
			}
		}
		List<ToolFunction> functions = List.copyOf(bySignature.values());
		if (functions.isEmpty()) {
			throw new IllegalArgumentException(bean.getClass().getName() + " has no method with @LlmTool");
		}
		return functions;
	}

	/**
	 * Finds overriding methods once, by their signature, and sorts by name, so that the
	 * same tools make the same request for a vendor's prompt cache.
	 */
	private static void add(Object bean, Class<?> type, Map<String, ToolFunction> bySignature) {
		for (Method method : type.getDeclaredMethods()) {
			LlmTool tool = method.getAnnotation(LlmTool.class);
			String name = method.getName() + '/' + method.getParameterCount();
			String signature = name + Arrays.toString(method.getParameterTypes());
			// a method of an interface may have a type variable where the class has a
			// type
			boolean overridden = type.isInterface()
					? bySignature.keySet().stream().anyMatch((one) -> one.startsWith(name))
					: bySignature.containsKey(signature);
			if (tool != null && !method.isBridge() && !overridden) {
				bySignature.put(signature, of(bean, method, tool));
			}
		}
	}

	private static ToolFunction of(Object bean, Method method, LlmTool tool) {
		method.setAccessible(true);
		String name = tool.name().isEmpty() ? method.getName() : tool.name();
		String description = tool.value().isEmpty() ? tool.description() : tool.value();
		JsonTypes types = TypedAnswer.types();
		return new ToolFunction(new Tool(name, description, types.schema(method), true),
				(arguments) -> invoke(bean, method, types.read(arguments, method)));
	}

	private static @Nullable Object invoke(Object bean, Method method, @Nullable Object[] arguments) {
		try {
			return method.invoke(bean, arguments);
		}
		catch (InvocationTargetException ex) {
			throw (ex.getCause() instanceof RuntimeException failure) ? failure
					: new IllegalStateException(String.valueOf(ex.getCause()), ex.getCause());
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException("The method " + method + " cannot be called", ex);
		}
	}

	/** The result of a call; a failure is one, too. */
	Content.ToolResult call(ToolCall call) {
		try {
			return Content.ToolResult.of(call.id(), TypedAnswer.types().write(this.function.apply(call.arguments())));
		}
		catch (RuntimeException ex) {
			String message = (ex.getMessage() == null) ? ex.getClass().getSimpleName() : ex.getMessage();
			return Content.ToolResult.error(call.id(), message);
		}
	}

}
