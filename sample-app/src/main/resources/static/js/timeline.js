import { duration, el, words } from './dom.js';

/** Draws a call's attempts, one bar each: while they go on, then as the trail tells them. */
export class Timeline {

	constructor(list, scale, modelOf) {
		this.list = list;
		this.scale = scale;
		this.modelOf = modelOf;
	}

	start() {
		this.stop();
		this.begun = performance.now();
		this.steps = [];
		this.timer = setInterval(() => this.draw(), 100);
		this.draw();
	}

	stop() {
		clearInterval(this.timer);
		const now = this.now();
		for (const step of this.steps ?? []) {
			if (step.outcome === 'live') {
				step.outcome = 'cancelled';
				step.durationMs = now - step.startedAfterMs;
			}
		}
		if (this.steps) {
			this.draw();
		}
	}

	started({ target, atMs }) {
		this.begun = Math.min(this.begun, performance.now() - atMs);
		this.steps.push({ target, outcome: 'live', startedAfterMs: atMs, waitedMs: 0, usage: {} });
		this.draw();
	}

	failed({ target, atMs, error, status }) {
		const step = this.steps.findLast((one) => one.target === target && one.outcome === 'live');
		if (step) {
			Object.assign(step, { outcome: 'failed', error, status, durationMs: atMs - step.startedAfterMs });
		}
		this.draw();
	}

	words() {
		const step = this.steps.at(-1);
		if (step && step.firstTokenMs === undefined) {
			step.firstTokenMs = this.now() - step.startedAfterMs;
		}
	}

	/** The trail knows best. */
	finish(trail) {
		clearInterval(this.timer);
		this.steps = trail;
		this.draw();
	}

	now() {
		return performance.now() - this.begun;
	}

	draw() {
		const now = this.now();
		const steps = this.steps.map((step) => (step.outcome === 'live' ? { ...step, durationMs: now - step.startedAfterMs } : step));
		const total = Math.max(1, ...steps.map((step) => step.startedAfterMs + step.durationMs));
		this.list.replaceChildren(...steps.map((step) => this.row(step, total)));
		this.scale.replaceChildren(...(steps.length === 0 ? []
			: [0, 0.5, 1].map((share) => el('span', {}, share === 0 ? '0' : duration(total * share)))));
	}

	row(step, total) {
		const [provider, ...rest] = step.target.split('/');
		const model = rest.join('/') || this.modelOf(provider) || '';
		return el('li', { 'class': `attempt ${step.outcome}`, 'data-target': step.target, 'data-outcome': step.outcome },
			el('span', { class: 'who' }, el('b', {}, provider), ' ', el('span', {}, model)),
			track(step, total),
			el('span', { class: 'what' }, describe(step)));
	}

}

function track(step, total) {
	const first = step.firstTokenMs ?? step.durationMs;
	const track = el('span', { 'class': 'track', 'aria-hidden': 'true' });
	const part = (kind, from, length) => {
		const bar = el('i', { class: kind });
		bar.style.left = `${(100 * from) / total}%`;
		bar.style.width = `${(100 * length) / total}%`;
		track.append(bar);
	};
	if (step.waitedMs > 0) {
		part('wait', step.startedAfterMs - step.waitedMs, step.waitedMs);
	}
	part('first', step.startedAfterMs, first);
	if (step.firstTokenMs !== undefined) {
		part('rest', step.startedAfterMs + first, step.durationMs - first);
	}
	return track;
}

function describe(step) {
	const said = [outcome(step)];
	if (step.waitedMs > 0) {
		said.push(`waited ${duration(step.waitedMs)}`);
	}
	if (step.firstTokenMs !== undefined) {
		said.push(`first token ${duration(step.firstTokenMs)}`);
	}
	if (step.outcome !== 'skipped' && step.outcome !== 'cached') {
		said.push(`${duration(step.durationMs)} ${step.outcome === 'live' ? 'so far' : 'in all'}`);
	}
	if (step.usage?.outputTokens !== undefined && step.usage.outputTokens !== null) {
		said.push(`${step.usage.outputTokens} tokens`);
	}
	if (step.cost) {
		said.push(`${step.cost.amount.toLocaleString('en', { maximumFractionDigits: 6 })} ${step.cost.currency}`);
	}
	return said.join(' · ');
}

function outcome(step) {
	const names = { live: step.firstTokenMs === undefined ? 'asked' : 'answering', completed: 'answered', cancelled: 'cancelled',
		cached: `from the cache, ${step.reason ?? 'kept'}` };
	if (step.outcome === 'skipped') {
		return `passed over: ${step.reason ?? words(step.error ?? '')}`;
	}
	return names[step.outcome] ?? `${step.status ? `${step.status} ` : ''}${words(step.error ?? 'failed')}`;
}
