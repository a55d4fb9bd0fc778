import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptAnswer } from './serve-script.ts';

let server: Server;
let url: string;
const answers = {
	'/passlens.js': createScriptAnswer({ read: () => Buffer.from('var passlens = {};') }),
	'/not-built.js': createScriptAnswer({ read: () => undefined })
};
beforeAll(async () => {
	server = createServer((request, response) =>
		answers[request.url as keyof typeof answers](request, response)
	);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test('any page may load the script, packed where it can be unpacked, and is told when it has it already', async () => {
	for (const encoding of ['br', 'identity']) {
		const answer = await fetch(`${url}/passlens.js`, { headers: { 'accept-encoding': encoding } });
		expect(await answer.text()).toBe('var passlens = {};');
		expect(answer.headers.get('content-encoding')).toBe(encoding === 'br' ? 'br' : null);
		expect(Object.fromEntries(answer.headers)).toMatchObject({
			'content-type': 'text/javascript; charset=utf-8',
			'cross-origin-resource-policy': 'cross-origin',
			'access-control-allow-origin': '*'
		});
		const again = await fetch(`${url}/passlens.js`, {
			headers: { 'if-none-match': answer.headers.get('etag')! }
		});
		expect(again.status).toBe(304);
	}
});

test('where the SDK was not built it says what to do', async () => {
	const answer = await fetch(`${url}/not-built.js`);
	expect(answer.status).toBe(404);
	expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('npm run build') });
});
