import { Chart } from './chart.js';
import { byId, duration } from './dom.js';
import { events } from './http.js';

const TOO_LATE_MS = 500;

/** Starts a storm, and draws it second by second. */
export function startStorms() {
	const success = new Chart(byId('success'), { min: 0, max: 100 });
	const latency = new Chart(byId('latency'), { min: 0 });
	let storm = new AbortController();

	byId('storm').addEventListener('submit', async (submit) => {
		submit.preventDefault();
		storm.abort();
		storm = new AbortController();
		const form = new FormData(submit.target);
		const plan = { perSecond: Number(form.get('perSecond')), seconds: Number(form.get('seconds')) };
		blowing(true);
		await blow(plan, success, latency, storm.signal);
		blowing(false);
	});
	byId('storm-stop').addEventListener('click', () => storm.abort());
	addEventListener('pagehide', () => storm.abort());
}

async function blow(plan, success, latency, signal) {
	const total = { plain: { answered: 0, failed: 0 }, stack: { answered: 0, failed: 0 } };
	success.clear(plan.seconds);
	latency.clear(plan.seconds);
	let end = '';
	let late = 0;
	try {
		for await (const { data } of events('/console/storm', plan, signal)) {
			for (const kind of ['plain', 'stack']) {
				total[kind].answered += data[kind].answered;
				total[kind].failed += data[kind].failed;
			}
			success.add(data.second, rate(data.plain), rate(data.stack));
			latency.add(data.second, data.plain.p95Ms, data.stack.p95Ms);
			late = Math.max(late, data.lateMs);
			say(`${summary(total)}${slow(late)}`);
		}
	}
	catch (failure) {
		end = signal.aborted ? ' Stopped: every call was cancelled.' : ` ${failure.message}.`;
	}
	say(`${summary(total)}${slow(late)}${end}`);
}

function rate({ answered, failed }) {
	return answered + failed === 0 ? undefined : (100 * answered) / (answered + failed);
}

function summary({ plain, stack }) {
	const one = (name, { answered, failed }) => `${name}: ${answered.toLocaleString('en')} answered, ${failed.toLocaleString('en')} failed`;
	return plain.answered + plain.failed + stack.answered + stack.failed === 0 ? '' : `${one('Plain', plain)}. ${one('Stack', stack)}.`;
}

/** What this machine cannot do in time is no failure of either kind of call. */
function slow(late) {
	return late < TOO_LATE_MS ? '' : ` This machine was up to ${duration(late)} late, so it is too slow for so many calls: times and failures are its own, too. Try fewer calls a second.`;
}

function say(text) {
	byId('storm-outcome').textContent = text;
}

function blowing(yes) {
	byId('storm-start').disabled = yes;
	byId('storm-stop').disabled = !yes;
}
