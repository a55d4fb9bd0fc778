// `npm run export-user`: everything that is kept of a person, as JSON.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exportPerson } from '../collector/lifecycle/export-person.ts';
import { DATA_DIR, noteCommand, openDatabase, runCommand, withSettings } from './command.ts';
import { describePerson, findPerson, PERSON } from './person.ts';

const USAGE = `npm run export-user -- --project my-site --user <reference> [--output person.json] [--data-dir data]
npm run export-user -- --project my-site --ref <one-way reference>

<reference> is what your site gave to identify(). Over the embedded database, stop Passlens first, or ask the running
collector with a server key: GET /v1/users/<one-way reference>.`;

await runCommand(async () => {
	const { values } = parseArgs({
		options: {
			...DATA_DIR,
			...PERSON,
			output: { type: 'string' },
			help: { type: 'boolean', short: 'h', default: false }
		}
	});
	if (values.help) return void process.stdout.write(`${USAGE}\n`);
	await withSettings(values['data-dir'], async (settings) => {
		const person = await findPerson(settings, values);
		await noteCommand(settings, {
			...{ command: 'export-user', projectId: person.projectId },
			subject: describePerson(person)
		});
		const { client } = await openDatabase(values['data-dir']);
		const given = await exportPerson({ client, person: { ...person, until: Date.now() } });
		await client.close();
		const text = `${JSON.stringify(given, null, '\t')}\n`;
		if (values.output) writeFileSync(values.output, text);
		else process.stdout.write(text);
	});
});
