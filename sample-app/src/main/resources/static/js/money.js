import { byId, el, words } from './dom.js';
import { get } from './http.js';

/** What is left of the budgets, what the cache saved and what redaction took out: each where it is on. */
export async function showMoney(actuator) {
	const stack = actuator?.stack ?? '';
	const on = { Budget: budgets, Cache: caches, Redaction: redactions };
	const shown = Object.keys(on).filter((name) => stack.includes(`${name}(`));
	byId('money').hidden = shown.length === 0;
	byId('money-parts').replaceChildren(...await Promise.all(shown.map((name) => on[name](actuator))));
}

function part(name, ...children) {
	return el('section', { 'aria-label': name, 'data-part': name.toLowerCase() }, el('h3', {}, name), ...children);
}

function budgets(actuator) {
	const all = Object.values(actuator.gates?.budget ?? {}).flat();
	return part('Budget left', ...(all.length === 0 ? [el('p', { class: 'note' }, 'Nothing is spent yet.')] : all.map(budget)));
}

function budget({ limit, subject, spent, reserved, amount, currency }) {
	const left = Math.max(0, amount - spent);
	const name = subject ? `${limit}, ${subject}` : limit;
	const held = reserved > 0 ? `, ${money(reserved)} reserved` : '';
	return el('p', { 'class': 'limit', 'data-limit': name }, el('span', {}, name),
		el('meter', { 'min': '0', 'max': String(amount), 'low': String(amount / 5), 'optimum': String(amount),
			'value': String(left), 'aria-label': `What is left of ${name}` }),
		el('span', {}, `${money(left)} of ${money(amount)} ${currency}${held}`));
}

/** At least cents, and as many digits as small amounts need. */
function money(amount) {
	return amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 6 });
}

function caches(actuator) {
	const all = Object.values(actuator.gates?.cache ?? {}).flat();
	const sum = (name) => all.reduce((total, one) => total + one[name], 0);
	return part('Cache', el('dl', { class: 'figures' }, ...figure('hits', sum('hits')), ...figure('misses', sum('misses')),
		...figure('stale', sum('stale')), ...figure('kept', Math.max(0, ...all.map((one) => one.entries)))));
}

async function redactions() {
	const types = Object.entries(await get('/console/redactions') ?? {});
	return part('Removed', types.length === 0 ? el('p', { class: 'note' }, 'Nothing yet.')
		: el('dl', { class: 'figures' }, ...types.flatMap(([type, count]) => figure(words(type), count))));
}

function figure(name, value) {
	return [el('dt', {}, name), el('dd', {}, value.toLocaleString('en'))];
}
