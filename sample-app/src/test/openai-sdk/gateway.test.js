import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { makeParseableResponseFormat } from 'openai/lib/parser';

const client = new OpenAI({ baseURL: process.env.GATEWAY, apiKey: 'any', maxRetries: 0, timeout: 20_000 });
const hello = [{ role: 'user', content: 'Hello' }];
const weather = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object',
	properties: { city: { type: 'string' } }, required: ['city'] } } }];
const pixel = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const vendors = ['anthropic', 'openai', 'ollama'];

test('models are listed and found', async () => {
	const ids = [];
	for await (const model of client.models.list()) {
		ids.push(model.id);
	}
	assert.ok(vendors.every((vendor) => ids.includes(vendor)), ids.join());
	assert.equal((await client.models.retrieve('openai/gpt-5-mini')).owned_by, 'openai');
	const named = await client.models.retrieve('gpt-4o');
	assert.equal(named.owned_by, 'anthropic');
	assert.match(named.targets.join(), /^anthropic\/claude/);
});

/** The model is named as its vendor names it, also where the client asked for it by another name. */
function answered(asked, model, response) {
	const provider = asked === 'gpt-4o' ? 'anthropic' : asked;
	assert.equal(response.headers.get('x-arcllm-provider'), provider);
	const named = { anthropic: /^claude-/, openai: /^gpt-5/, ollama: /^llama/ }[provider];
	assert.match(model, named);
}

// a name of the client's own, behind which is another vendor
for (const model of [...vendors, 'gpt-4o']) {
	test(`${model} answers whole`, async () => {
		const { data, response } = await client.chat.completions.create({ model, messages: hello }).withResponse();
		assert.match(data.choices[0].message.content, /Simulated/);
		assert.equal(data.choices[0].finish_reason, 'stop');
		assert.ok(data.usage.total_tokens > 0);
		answered(model, data.model, response);
		assert.ok(data._request_id);
	});

	test(`${model} answers as a stream with usage`, async () => {
		const { data: stream, response } = await client.chat.completions.create({ model, messages: hello, stream: true,
			stream_options: { include_usage: true } }).withResponse();
		const chunks = await all(stream);
		assert.match(said(chunks), /Simulated/);
		chunks.forEach((chunk) => answered(model, chunk.model, response));
		const last = chunks.pop();
		assert.deepEqual(last.choices, []);
		assert.ok(last.usage.total_tokens > 0);
		assert.ok(chunks.every((chunk) => chunk.usage === null && chunk.choices.length === 1));
	});

	test(`${model} answers as a stream without usage`, async () => {
		const chunks = await all(await client.chat.completions.create({ model, messages: hello, stream: true }));
		assert.match(said(chunks), /Simulated/);
		assert.ok(chunks.every((chunk) => chunk.usage === undefined && chunk.choices.length === 1));
	});

	test(`${model} calls a tool and reads its result, whole and streamed`, async () => {
		const messages = [{ role: 'user', content: 'What is the weather in Oslo?' }];
		const streamed = await client.chat.completions.stream({ model, messages, tools: weather }).finalChatCompletion();
		const { data: chunked, response: head } = await client.chat.completions.create({ model, messages, tools: weather,
			stream: true }).withResponse();
		(await all(chunked)).forEach((chunk) => answered(model, chunk.model, head));
		const { data: whole, response } = await client.chat.completions.create({ model, messages, tools: weather }).withResponse();
		answered(model, whole.model, response);
		answered(model, streamed.model, response);
		for (const { choices: [{ message, finish_reason: reason }] } of [streamed, whole]) {
			assert.equal(reason, 'tool_calls');
			assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { city: 'Oslo' });
			const results = message.tool_calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: '12 degrees' }));
			const answer = await client.chat.completions.create({ model, messages: [...messages, message, ...results], tools: weather });
			assert.match(answer.choices[0].message.content, /12 degrees/);
		}
	});

	test(`${model} goes on until its tools have answered, whole and streamed`, async () => {
		const asked = [];
		const tools = [{ type: 'function', function: { ...weather[0].function, parse: JSON.parse, function: ({ city }) => {
			asked.push(city);
			return `12 degrees in ${city}`;
		} } }];
		const messages = [{ role: 'user', content: 'What is the weather in Oslo and Rome?' }];
		for (const stream of [false, true]) {
			const runner = client.chat.completions.runTools({ model, messages, tools, stream });
			assert.match(await runner.finalContent(), /12 degrees in Oslo.*12 degrees in Rome/);
		}
		assert.deepEqual(asked, ['Oslo', 'Rome', 'Oslo', 'Rome']);
	});

	test(`${model} has the structure that was asked for, whole and streamed`, async () => {
		const schema = { type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
			required: ['city', 'degrees'], additionalProperties: false };
		const format = makeParseableResponseFormat({ type: 'json_schema', json_schema: { name: 'weather', strict: true, schema } }, JSON.parse);
		const question = { model, messages: hello, response_format: format };
		for (const answer of [await client.chat.completions.parse(question),
			await client.chat.completions.stream(question).finalChatCompletion()]) {
			const { parsed } = answer.choices[0].message;
			assert.deepEqual(Object.keys(parsed).sort(), ['city', 'degrees']);
			assert.ok(Number.isInteger(parsed.degrees));
		}
	});
}

const withPicture = (model, url) => client.chat.completions.create({ model, messages: [{ role: 'user', content: [
	{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url } }] }] });

test('a picture goes through every format', async () => {
	for (const model of vendors) {
		assert.match((await withPicture(model, pixel)).choices[0].message.content, /Simulated/);
	}
});

test("a picture's URL goes to who can fetch it, and is refused for who cannot", async () => {
	for (const model of ['anthropic', 'openai']) {
		assert.match((await withPicture(model, 'https://pictures.example/a.png')).choices[0].message.content, /Simulated/);
	}
	await assert.rejects(withPicture('ollama', 'https://pictures.example/a.png'), (error) => {
		assert.ok(error instanceof OpenAI.BadRequestError);
		assert.match(error.message, /by URL/);
		return true;
	});
});

const failures = { RATE_LIMITED: [OpenAI.RateLimitError, 429], QUOTA_EXHAUSTED: [OpenAI.RateLimitError, 429],
	AUTHENTICATION: [OpenAI.AuthenticationError, 401], PERMISSION: [OpenAI.PermissionDeniedError, 403],
	MODEL_NOT_FOUND: [OpenAI.NotFoundError, 404], CONTEXT_WINDOW: [OpenAI.BadRequestError, 400],
	INVALID_REQUEST: [OpenAI.BadRequestError, 400], OVERLOADED: [OpenAI.InternalServerError, 503],
	CIRCUIT_OPEN: [OpenAI.InternalServerError, 503], CONTENT_POLICY: [OpenAI.BadRequestError, 400],
	BUDGET_EXCEEDED: [OpenAI.APIError, 402], NETWORK: [OpenAI.InternalServerError, 502], SERVER_ERROR: [OpenAI.InternalServerError, 502], TIMEOUT: [OpenAI.InternalServerError, 504] };

for (const [kind, [type, status]] of Object.entries(failures)) {
	test(`${kind} is the client's ${type.name}, whole and streamed`, async () => {
		for (const stream of [false, true]) {
			await assert.rejects(client.chat.completions.create({ model: `broken/${kind}`, messages: hello, stream }), (error) => {
				assert.ok(error instanceof type, error.constructor.name);
				assert.equal(error.status, status);
				assert.ok(error.code && error.requestID && error.message.includes(kind));
				return true;
			});
		}
	});
}

test('an unknown model and a wrong body are told apart', async () => {
	await assert.rejects(client.chat.completions.create({ model: 'nobody', messages: hello }), OpenAI.NotFoundError);
	await assert.rejects(client.chat.completions.create({ model: 'openai', messages: [] }), OpenAI.BadRequestError);
});

/** A client that asks up to three times, and how often it did. */
function patient() {
	const seen = { requests: 0 };
	return { seen, client: client.withOptions({ maxRetries: 2, fetch: (...request) => {
		seen.requests++;
		return fetch(...request);
	} }) };
}

test('retry-after is obeyed by the client', async () => {
	const { client: retrying, seen } = patient();
	const start = performance.now();
	const answer = await retrying.chat.completions.create({ model: 'broken/once', messages: hello });
	assert.equal(answer.choices[0].message.content, 'Better now');
	assert.equal(seen.requests, 2);
	assert.ok(performance.now() - start >= 1200, 'the client would have waited half a second of its own');
});

test('what cannot mend itself is asked once', async () => {
	for (const kind of ['QUOTA_EXHAUSTED', 'INVALID_REQUEST', 'AUTHENTICATION']) {
		const { client: retrying, seen } = patient();
		await assert.rejects(retrying.chat.completions.create({ model: `broken/${kind}`, messages: hello }), OpenAI.APIError);
		assert.equal(seen.requests, 1, kind);
	}
});

test('a stream that breaks raises after its words', async () => {
	const stream = await client.chat.completions.create({ model: 'broken/cut', messages: hello, stream: true });
	const chunks = [];
	await assert.rejects(async () => {
		for await (const chunk of stream) {
			chunks.push(chunk);
		}
	}, (error) => error instanceof OpenAI.APIError && error.code === 'interrupted');
	assert.equal(said(chunks), 'Half of');
	await assert.rejects(client.chat.completions.stream({ model: 'broken/cut', messages: hello }).finalChatCompletion(), OpenAI.APIError);
});

test('a client that leaves a stream cancels the call', async () => {
	const stream = await client.chat.completions.create({ model: 'broken/hang/stream', messages: hello, stream: true });
	for await (const chunk of stream) {
		if (said([chunk]) !== '') {
			break;
		}
	}
	assert.equal((await client.chat.completions.create({ model: 'broken/cancelled/stream', messages: hello })).choices[0].message.content, 'It was');
});

test('a client that waits no longer cancels the call', async () => {
	await assert.rejects(client.chat.completions.create({ model: 'broken/hang/whole', messages: hello }, { timeout: 500 }),
		OpenAI.APIConnectionTimeoutError);
	assert.equal((await client.chat.completions.create({ model: 'broken/cancelled/whole', messages: hello })).choices[0].message.content, 'It was');
});

function said(chunks) {
	return chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join('');
}

async function all(stream) {
	const chunks = [];
	for await (const chunk of stream) {
		chunks.push(chunk);
	}
	return chunks;
}
