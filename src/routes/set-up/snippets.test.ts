import { expect, it } from 'vitest';
import { uuidV7 } from '../../../sdk/common/uuid-v7.ts';
import { batchSchema, eventSchema } from '../../../sdk/event/index.ts';
import { snippetsFor } from './snippets.ts';
import { isPage, WAYS } from './ways.ts';

const target = {
	endpoint: 'https://in.example.com',
	ingestKey: 'pk_of-this-project',
	exampleId: uuidV7(),
	now: Date.now(),
	consentFirst: false
};

it.each(WAYS)('%s names this project’s key and endpoint', (way) => {
	const code = snippetsFor(way, target)
		.map((snippet) => snippet.code)
		.join('\n');
	expect(code).toContain(target.endpoint);
	expect(code).toContain(target.ingestKey);
});

const PAGES = WAYS.filter(isPage);

it.each(PAGES)('%s takes at most seven lines in one place', (way) => {
	for (const { code } of snippetsFor(way, target))
		expect(code.split('\n').length).toBeLessThanOrEqual(7);
});

it.each(PAGES)('%s says nothing of consent unless the page is to ask first', (way) => {
	const written = (consentFirst: boolean) =>
		snippetsFor(way, { ...target, consentFirst }).map(({ code }) => code);
	expect(written(false).join('\n')).not.toContain('consent');
	expect(written(true)).toHaveLength(written(false).length + 1);
	expect(written(true).join('\n')).toMatch(/consent: 'off'[^]*consent\('full'\)/);
});

it('an app’s first event is one that the contract takes', () => {
	const [, body] = /-d '([^']+)'/.exec(snippetsFor('http', target)[0]!.code)!;
	const { events } = batchSchema.parse(JSON.parse(body!));
	expect(events.map((event) => eventSchema.parse(event).type)).toEqual(['client.capabilities']);
});
