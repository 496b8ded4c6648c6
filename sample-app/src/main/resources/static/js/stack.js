import { el } from './dom.js';

/** Draws what calls go through: a box around what it wraps, and the chain's targets beside each other. */
export function drawStack({ stack, chain }) {
	const [modules] = parse(stack);
	const fallback = modules.indexOf('Fallback');
	if (fallback < 0) {
		return nested(modules, target(stack));
	}
	const outer = modules.slice(0, fallback + 1);
	const targets = el('div', { class: 'targets' }, ...chain.map((link, index) => column(link, index, outer)));
	return nested(outer, targets);
}

function column(link, index, outer) {
	const modules = parse(link.stack)[0].filter((module) => !outer.includes(module));
	const order = index === 0 ? 'first' : 'then';
	return el('div', { class: 'column' }, el('small', {}, order), nested(modules, el('b', { class: 'leaf' }, link.target)));
}

function target(stack) {
	return el('b', { class: 'leaf' }, parse(stack)[1]);
}

function nested(modules, inner) {
	return modules.reduceRight((content, name) => el('div', { class: 'layer' },
		el('span', {}, name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')), content), inner);
}

/** `A(B(c))` as the modules A and B, and c. */
function parse(stack) {
	const parts = stack.split('(');
	const leaf = parts.pop();
	return [parts, leaf.replace(/\)+$/, '')];
}
