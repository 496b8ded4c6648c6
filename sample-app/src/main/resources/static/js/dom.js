/** Makes an element. Strings become text, never markup. */
export function el(tag, attributes = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (value !== false && value !== undefined) {
			element.setAttribute(name, value === true ? '' : value);
		}
	}
	element.append(...children);
	return element;
}

export const byId = (id) => document.getElementById(id);

/** Milliseconds, for people. */
export function duration(ms) {
	if (ms === undefined || ms === null) {
		return '–';
	}
	if (ms < 10) {
		return `${ms.toFixed(1)} ms`;
	}
	return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** `RATE_LIMITED` as it is read: `rate limited`. */
export const words = (name) => name.toLowerCase().replaceAll('_', ' ').replaceAll('-', ' ');
