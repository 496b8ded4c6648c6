import { startAsking } from './ask.js';
import { byId, el } from './dom.js';
import { Guide } from './guide.js';
import { get } from './http.js';
import { showMoney } from './money.js';
import { poll } from './poll.js';
import { Provider } from './provider.js';
import { protection } from './protection.js';
import { drawStack } from './stack.js';
import { startStorms } from './storm.js';

const providers = new Map();
const models = new Map();
const guide = new Guide();
let primary;
let hasSimulator = true;
let hasActuator = true;

async function refresh() {
	const askedAt = performance.now();
	try {
		const [beats, vendors, actuator] = await Promise.all([get('/console/state'),
			hasSimulator ? get('/simulator') : undefined, hasActuator ? get('/actuator/arcllm') : undefined]);
		hasSimulator = vendors !== undefined;
		hasActuator = actuator !== undefined;
		byId('offline').hidden = true;
		byId('simulated').hidden = byId('storm-card').hidden = !hasSimulator;
		show(beats ?? [], vendors ?? [], actuator, askedAt);
		await showMoney(actuator);
	}
	catch {
		byId('offline').hidden = false;
	}
}

function show(beats, vendors, actuator, askedAt) {
	for (const beat of beats) {
		if (!providers.has(beat.provider)) {
			const provider = new Provider(beat.provider, models.get(beat.provider), () => again());
			providers.set(beat.provider, provider);
			byId('providers').append(provider.card);
		}
		providers.get(beat.provider).show(beat, vendors.find((vendor) => vendor.vendor === beat.provider),
			protection(actuator, beat.provider), askedAt);
	}
	guide.show(primary, vendors.find((vendor) => vendor.vendor === primary),
		(broken) => providers.get(primary)?.dial.set(broken));
}

async function drawnStack() {
	const drawn = await get('/console/stack');
	for (const target of drawn?.targets ?? []) {
		const [provider, ...model] = target.split('/');
		if (model.length > 0 && !models.has(provider)) {
			models.set(provider, model.join('/'));
		}
	}
	if (drawn) {
		primary = drawn.chain[0].target.split('/')[0];
		byId('stack').replaceChildren(drawStack(drawn));
		byId('stack-text').textContent = drawn.stack;
	}
}

await drawnStack().catch(() => byId('offline').hidden = false);
const again = poll(refresh, 1000);
startAsking((provider) => models.get(provider));
startStorms();
byId('legend').append(el('span', { class: 'key skipped' }, 'passed over'));
