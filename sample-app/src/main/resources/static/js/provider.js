import { Dial } from './dial.js';
import { duration, el } from './dom.js';

/** A provider's card: how it does, its breaker and limit where there are such, and its dial where it is simulated. */
export class Provider {

	constructor(name, model, changed) {
		this.figures = el('dl', { class: 'figures' });
		this.breaker = el('span', { 'class': 'pill breaker', 'hidden': true, 'data-breaker': '' });
		this.limit = el('meter', { 'min': '0', 'max': '1', 'low': '0.2', 'optimum': '1', 'aria-label': `${name}: what is left of the rate limit` });
		this.limitText = el('span');
		this.limitRow = el('p', { class: 'limit', hidden: true }, el('span', {}, 'rate limit'), this.limit, this.limitText);
		this.dial = new Dial(name, changed);
		this.card = el('article', { 'class': 'card provider', 'aria-label': name, 'data-provider': name },
			el('header', {}, el('h3', {}, name), el('span', { class: 'model' }, model ?? ''), this.breaker),
			this.figures, this.limitRow, this.dial.element);
	}

	show(beat, vendor, { breaker, limit }, askedAt) {
		this.figures.replaceChildren(
			...figure('attempts', beat.calls),
			...figure('failed lately', beat.recent === 0 ? '–' : `${Math.round((100 * beat.failed) / beat.recent)} %`),
			...figure('first token', duration(beat.firstTokenMs)),
			...figure('whole answer', duration(beat.durationMs)));
		this.showBreaker(breaker);
		this.limitRow.hidden = limit === undefined;
		if (limit) {
			this.limit.value = limit.left / limit.of;
			this.limitText.textContent = `${Math.floor(limit.left).toLocaleString('en')} of ${limit.of.toLocaleString('en')}`;
		}
		this.dial.show(vendor, askedAt);
	}

	showBreaker(breaker) {
		this.breaker.hidden = breaker === undefined;
		if (breaker) {
			const again = breaker.retryAfterMs > 0 ? ` ${Math.ceil(breaker.retryAfterMs / 1000)} s` : '';
			this.breaker.textContent = `breaker ${breaker.state.replaceAll('-', ' ')}${again}`;
			this.breaker.dataset.breaker = breaker.state;
		}
	}

}

function figure(name, value) {
	return [el('dt', {}, name), el('dd', {}, String(value))];
}
