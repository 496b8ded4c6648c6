const highest = new Map();

/** What the actuator says of a provider's breaker and rate limit; undefined where it says nothing. */
export function protection(actuator, provider) {
	const breakers = of(actuator?.gates?.['circuit-breaker'], provider);
	const limits = of(actuator?.gates?.['rate-limit'], provider).filter((limit) => typeof limit.requests === 'number');
	const worst = breakers.find((one) => one.state !== 'CLOSED') ?? breakers[0];
	return { breaker: worst && breaker(worst),
		limit: limits[0] && level(provider, Math.min(...limits.map((limit) => limit.requests))) };
}

/** A closed one that still says when to ask again is paused: the vendor asked for it. */
function breaker({ state, retryAfter }) {
	const retryAfterMs = millis(retryAfter);
	const paused = state === 'CLOSED' && retryAfterMs > 0;
	return { state: paused ? 'paused' : state.toLowerCase().replaceAll('_', '-'), retryAfterMs };
}

/** The states of all of the provider's targets. */
function of(gates, provider) {
	return Object.entries(gates ?? {})
		.filter(([target]) => target === provider || target.startsWith(`${provider}/`))
		.flatMap(([, states]) => states);
}

/** The bucket was full when it was fullest. */
function level(provider, left) {
	highest.set(provider, Math.max(left, highest.get(provider) ?? 1));
	return { left: Math.max(0, left), of: highest.get(provider) };
}

/** Of a duration such as `PT1M9.5S`. */
function millis(duration) {
	const [, minutes, seconds] = /^PT(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration ?? '') ?? [];
	return 60_000 * Number(minutes ?? 0) + 1000 * Number(seconds ?? 0);
}
