import { el, words } from './dom.js';
import { put } from './http.js';

const FAULTS = ['overloaded', 'rate-limit', 'server-error', 'unavailable', 'reset', 'silence', 'slow', 'cut', 'stall', 'malformed',
	'context-length', 'content-filter', 'down'];

const SHARES = [['all calls', {}], ['half of the calls', { rate: 0.5 }], ['every 4th call', { every: 4 }],
	['1 call in 10', { rate: 0.1 }], ['the next call', { times: 1 }], ['for 10 seconds', { seconds: 10 }]];

/** The switch that breaks a simulated vendor, and how. */
export class Dial {

	constructor(vendor, changed) {
		this.vendor = vendor;
		this.changed = changed;
		this.told = Promise.resolve();
		this.telling = 0;
		this.toldAt = 0;
		this.toggle = el('button', { 'type': 'button', 'role': 'switch', 'aria-checked': 'false', 'class': 'switch',
			'aria-label': `Break ${vendor}` }, el('i'), el('span', {}, 'healthy'));
		this.fault = select(`How ${vendor} breaks`, FAULTS.map((name) => [words(name), name]));
		this.share = select(`Which calls of ${vendor} break`, SHARES.map(([name], index) => [name, String(index)]));
		this.note = el('span', { 'class': 'note', 'role': 'status' });
		this.element = el('div', { class: 'dial', hidden: true }, this.toggle, this.fault, this.share, this.note);
		this.toggle.addEventListener('click', () => this.set(!this.broken));
		this.fault.addEventListener('change', () => this.broken && this.set(true));
		this.share.addEventListener('change', () => this.broken && this.set(true));
	}

	/** Turns at once, and tells the vendor after whatever it was told before. */
	async set(broken) {
		const dial = broken ? { fault: this.fault.value, ...SHARES[Number(this.share.value)][1] } : { fault: 'healthy' };
		this.read = true;
		this.turn(broken);
		this.telling++;
		this.told = this.told.then(() => put(`/simulator/${this.vendor}`, dial)).then(() => '', (failure) => failure.message);
		this.note.textContent = await this.told;
		this.telling--;
		this.toldAt = performance.now();
		this.changed();
	}

	/** A state that was asked for before the vendor knew of the last turn is no longer true. */
	show(state, askedAt) {
		this.element.hidden = state === undefined;
		if (!state || this.telling > 0 || askedAt < this.toldAt) {
			return;
		}
		this.turn(state.fault !== 'healthy');
		if (this.broken && !this.read && !this.element.contains(document.activeElement)) {
			this.fault.value = state.fault;
			this.share.value = String(Math.max(0, SHARES.findIndex(([, limits]) => matches(limits, state.dial))));
		}
		const left = state.secondsLeft ?? state.timesLeft;
		if (this.broken && left > 0) {
			this.toggle.lastChild.textContent = `broken, ${left}${state.secondsLeft ? ' s' : ''} left`;
		}
	}

	turn(broken) {
		this.broken = broken;
		this.toggle.setAttribute('aria-checked', String(broken));
		this.toggle.lastChild.textContent = broken ? 'broken' : 'healthy';
	}

}

function matches(limits, dial) {
	return (limits.rate ?? 1) === dial.rate && (limits.every ?? 0) === dial.every
		&& (limits.times ?? null) === (dial.times ?? null) && (limits.seconds ?? null) === (dial.seconds ?? null);
}

function select(label, options) {
	return el('select', { 'aria-label': label }, ...options.map(([text, value]) => el('option', { value }, text)));
}
