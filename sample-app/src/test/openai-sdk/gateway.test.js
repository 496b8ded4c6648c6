import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';

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
});

for (const model of vendors) {
	test(`${model} answers whole`, async () => {
		const { data, response } = await client.chat.completions.create({ model, messages: hello }).withResponse();
		assert.match(data.choices[0].message.content, /Simulated/);
		assert.equal(data.choices[0].finish_reason, 'stop');
		assert.ok(data.usage.total_tokens > 0);
		assert.equal(response.headers.get('x-arcllm-provider'), model);
		assert.ok(data._request_id);
	});

	test(`${model} answers as a stream with usage`, async () => {
		const stream = await client.chat.completions.create({ model, messages: hello, stream: true,
			stream_options: { include_usage: true } });
		let text = '';
		let usage;
		for await (const chunk of stream) {
			text += chunk.choices[0]?.delta?.content ?? '';
			usage = chunk.usage ?? usage;
		}
		assert.match(text, /Simulated/);
		assert.ok(usage.total_tokens > 0);
	});

	test(`${model} calls a tool and reads its result, whole and streamed`, async () => {
		const messages = [{ role: 'user', content: 'What is the weather in Oslo?' }];
		const streamed = await client.chat.completions.stream({ model, messages, tools: weather }).finalChatCompletion();
		const whole = await client.chat.completions.create({ model, messages, tools: weather });
		for (const { choices: [{ message, finish_reason: reason }] } of [streamed, whole]) {
			assert.equal(reason, 'tool_calls');
			assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { city: 'Oslo' });
			const results = message.tool_calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: '12 degrees' }));
			const answer = await client.chat.completions.create({ model, messages: [...messages, message, ...results], tools: weather });
			assert.match(answer.choices[0].message.content, /12 degrees/);
		}
	});
}

test('an answer has the structure that was asked for', async () => {
	const schema = { type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
		required: ['city', 'degrees'], additionalProperties: false };
	const answer = await client.chat.completions.create({ model: 'openai', messages: hello,
		response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema } } });
	assert.deepEqual(Object.keys(JSON.parse(answer.choices[0].message.content)).sort(), ['city', 'degrees']);
});

test('a picture goes through every format', async () => {
	for (const model of vendors) {
		const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content: [
			{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: pixel } }] }] });
		assert.match(answer.choices[0].message.content, /Simulated/);
	}
});

const failures = { RATE_LIMITED: [OpenAI.RateLimitError, 429], QUOTA_EXHAUSTED: [OpenAI.RateLimitError, 429],
	AUTHENTICATION: [OpenAI.AuthenticationError, 401], PERMISSION: [OpenAI.PermissionDeniedError, 403],
	MODEL_NOT_FOUND: [OpenAI.NotFoundError, 404], CONTEXT_WINDOW: [OpenAI.BadRequestError, 400],
	INVALID_REQUEST: [OpenAI.BadRequestError, 400], OVERLOADED: [OpenAI.InternalServerError, 503],
	SERVER_ERROR: [OpenAI.InternalServerError, 502], TIMEOUT: [OpenAI.InternalServerError, 504] };

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

test('retry-after is obeyed by the client', async () => {
	const patient = client.withOptions({ maxRetries: 1 });
	const answer = await patient.chat.completions.create({ model: 'broken/once', messages: hello });
	assert.equal(answer.choices[0].message.content, 'Better now');
});

test('a stream that breaks raises after its words', async () => {
	const stream = await client.chat.completions.create({ model: 'broken/cut', messages: hello, stream: true });
	let text = '';
	await assert.rejects(async () => {
		for await (const chunk of stream) {
			text += chunk.choices[0]?.delta?.content ?? '';
		}
	}, OpenAI.APIError);
	assert.equal(text, 'Half of');
});
