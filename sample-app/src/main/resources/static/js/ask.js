import { byId, duration, words } from './dom.js';
import { events } from './http.js';
import { Timeline } from './timeline.js';

/** Asks what the form says, and shows the answer while it is made. */
export function startAsking(modelOf) {
	const timeline = new Timeline(byId('trail'), byId('scale'), modelOf);
	let call = new AbortController();

	byId('ask').addEventListener('submit', async (submit) => {
		submit.preventDefault();
		call.abort();
		const mine = call = new AbortController();
		await ask(byId('question').value, timeline, mine.signal, () => call === mine);
	});
	byId('stop').addEventListener('click', () => call.abort());
	addEventListener('pagehide', () => call.abort());
}

/** A call that a later one has taken the place of says no more. */
async function ask(text, timeline, signal, isLatest) {
	begin(timeline);
	try {
		for await (const event of events('/console/ask', { text }, signal)) {
			if (isLatest()) {
				handlers[event.name]?.(event.data, timeline);
			}
		}
	}
	catch (failure) {
		if (isLatest()) {
			timeline.stop();
			say(signal.aborted ? 'Stopped: the call was cancelled.' : failure.message, signal.aborted ? '' : 'bad');
		}
	}
	if (isLatest()) {
		byId('answer').setAttribute('aria-busy', 'false');
		byId('stop').disabled = true;
	}
}

function begin(timeline) {
	const answer = byId('answer');
	answer.replaceChildren();
	answer.setAttribute('aria-busy', 'true');
	say('', '');
	byId('legend').hidden = false;
	byId('stop').disabled = false;
	timeline.start();
}

const handlers = {
	'attempt': (data, timeline) => timeline.started(data),
	'attempt-failed': (data, timeline) => timeline.failed(data),
	'delta': (data, timeline) => {
		timeline.words();
		byId('answer').append(data.text);
	},
	'restarted': () => byId('answer').replaceChildren(),
	'answer': (data, timeline) => {
		byId('answer').textContent = data.text;
		timeline.finish(data.trail);
		document.dispatchEvent(new CustomEvent('answered', { detail: data }));
		say(`Answered by ${data.provider} (${data.model ?? 'its model'}) ${how(data)}.${money(data)}${privacy(data)}`, 'ok');
	},
	'failure': (data, timeline) => {
		timeline.finish(data.trail);
		const again = data.retryAfterMs === undefined ? '' : ` Ask again in ${duration(data.retryAfterMs)}.`;
		say(`No answer: ${words(data.kind)}. ${data.message}.${again}`, 'bad');
	},
};

function how({ trail, age, stale }) {
	const failed = trail.filter((step) => !['completed', 'cached', 'skipped'].includes(step.outcome)).length;
	if (age !== undefined) {
		return `from the cache, ${age} s old${stale ? ', because all targets failed' : ''}`;
	}
	return failed > 0 ? `after ${failed} other ${failed === 1 ? 'attempt' : 'attempts'}` : 'at once';
}

function money({ cost, budgets }) {
	const left = (budgets ?? []).map((one) => ` ${one.left} ${one.currency} left of ${one.subject ? `${one.limit}, ${one.subject}` : one.limit}.`);
	return (cost ? ` It cost ${cost.amount} ${cost.currency}.` : '') + left.join('');
}

function privacy({ redactions }) {
	const types = Object.entries(redactions ?? {});
	return types.length === 0 ? '' : ` Removed: ${types.map(([type, count]) => `${count} ${words(type)}`).join(', ')}.`;
}

function say(text, kind) {
	const outcome = byId('outcome');
	outcome.textContent = text;
	outcome.className = `outcome ${kind}`;
}
