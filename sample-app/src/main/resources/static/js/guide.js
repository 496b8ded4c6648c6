import { byId, words } from './dom.js';

/** Leads through the first failover: break the primary vendor, ask, see what happened. */
export class Guide {

	constructor() {
		this.step = 1;
		byId('guide-break').addEventListener('click', () => this.break?.());
		byId('guide-ask').addEventListener('click', () => byId('ask').requestSubmit());
		document.addEventListener('answered', ({ detail }) => this.answered(detail));
	}

	/** The vendors as they are now; the primary one is the one to break. */
	show(primary, vendor, turn) {
		byId('guide').hidden = vendor === undefined;
		if (vendor === undefined) {
			return;
		}
		this.break = () => turn(true);
		byId('guide-vendor').textContent = primary;
		const broken = vendor.fault !== 'healthy';
		this.go(broken ? Math.max(2, this.step) : this.step === 3 ? 3 : 1);
		byId('guide-break').disabled = broken;
		byId('guide-ask').disabled = !broken;
	}

	answered({ provider, trail }) {
		if (this.step < 2) {
			return;
		}
		const failed = trail.filter((one) => one.outcome === 'failed');
		const passed = trail.filter((one) => one.outcome === 'skipped');
		const why = failed.length > 0 ? `${failed[0].target} failed (${words(failed[0].error ?? 'failed')})`
			: passed.length > 0 ? `${passed[0].target} was not asked, because its breaker is open` : 'Nothing failed';
		byId('guide-seen').textContent = `${why}, and ${provider} answered. The code that asked got one answer and no error. `
			+ 'The trail has every attempt. Now repair the vendor with its switch: the breaker notices it by itself.';
		this.go(3);
	}

	go(step) {
		this.step = step;
		for (const item of byId('guide').querySelectorAll('li')) {
			const mine = Number(item.dataset.step);
			item.toggleAttribute('data-done', mine < step);
			if (mine === step) {
				item.setAttribute('aria-current', 'step');
			}
			else {
				item.removeAttribute('aria-current');
			}
		}
	}

}
