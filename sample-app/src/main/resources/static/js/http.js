/** JSON from this application; undefined where there is no such thing or it is not for us. */
export async function get(path) {
	const response = await fetch(path, { headers: { accept: 'application/json' } });
	return response.ok ? response.json() : undefined;
}

export async function put(path, body) {
	return checked(await fetch(path, json('PUT', body)));
}

/** Sends JSON and yields the server-sent events of the answer. Aborting cancels the call on the server, too. */
export async function* events(path, body, signal) {
	const response = await checked(await fetch(path, { ...json('POST', body), signal }));
	let buffer = '';
	for await (const text of chunks(response.body.pipeThrough(new TextDecoderStream()))) {
		const blocks = (buffer + text).split('\n\n');
		buffer = blocks.pop();
		yield* blocks.map(parse).filter((event) => event.data !== undefined);
	}
}

async function* chunks(stream) {
	const reader = stream.getReader();
	try {
		for (let next = await reader.read(); !next.done; next = await reader.read()) {
			yield next.value;
		}
	}
	finally {
		reader.cancel().catch(() => {});
	}
}

function parse(block) {
	const event = { name: 'message', data: undefined };
	for (const line of block.split('\n')) {
		if (line.startsWith('event:')) {
			event.name = line.slice(6).trim();
		}
		else if (line.startsWith('data:')) {
			event.data = JSON.parse(line.slice(5));
		}
	}
	return event;
}

function json(method, body) {
	return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function checked(response) {
	if (!response.ok) {
		const problem = await response.json().catch(() => ({}));
		throw new Error(problem.detail ?? `The application answered ${response.status}`);
	}
	return response;
}
