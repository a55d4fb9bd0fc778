import { z } from 'zod';
import {
	MOST_STREAMS,
	readStream,
	STREAM_FORMATS,
	STREAM_KINDS,
	STREAM_TOPICS
} from '../streams.ts';
import type { ReadStream } from '../streams.ts';
import { projectIdField } from '../fields.ts';
import { variable } from './variable.ts';

const streamSchema = z
	.strictObject({
		name: z.string().describe('As people read it; a stream of this name is this one.'),
		kind: z.enum(STREAM_KINDS).describe('webhook and otlp are posted to; file is written.'),
		target: z
			.string()
			.optional()
			.describe('Of a file its name without ending; else the address that is posted to.'),
		target_from_environment: variable('SIEM_URL')
			.optional()
			.describe('The environment variable that holds the target, where it is a secret.'),
		format: z
			.enum(STREAM_FORMATS)
			.optional()
			.describe('How a webhook’s body is written: a JSON array, or one event a line.'),
		secret_from_environment: variable('SIEM_SIGNING_SECRET')
			.optional()
			.describe(
				'The environment variable that holds what a webhook is signed with (whsec_…); Passlens makes one when this is left out.'
			),
		authorization_from_environment: variable('SIEM_AUTHORIZATION')
			.optional()
			.describe(
				'The environment variable that holds the header "authorization", if one is wanted.'
			),
		projects: z
			.array(projectIdField)
			.optional()
			.describe('Ids of the projects it tells of; every one when left out.'),
		topics: z.array(z.enum(STREAM_TOPICS)).min(1).describe('What it tells of.')
	})
	.superRefine(({ target, target_from_environment: from }, context) => {
		if ((target === undefined) === (from === undefined))
			context.addIssue({
				code: 'custom',
				path: ['target'],
				message: 'Give either "target" or "target_from_environment".'
			});
	});

export const streamsSchema = z
	.array(streamSchema)
	.max(MOST_STREAMS, `There are at most ${MOST_STREAMS} streams.`);

export type ConfiguredStream = z.output<typeof streamSchema>;

/** As the page would take it, or which field of the file is wrong. */
export function readyStream(
	configured: ConfiguredStream,
	env: NodeJS.ProcessEnv
): ReadStream | { field: string; message: string } {
	const variables = ['target', 'secret', 'authorization'].map(
		(name) => `${name}_from_environment` as keyof ConfiguredStream
	);
	const unset = variables.find((name) => {
		const named = configured[name];
		return named !== undefined && !env[String(named)];
	});
	if (unset !== undefined)
		return {
			field: unset,
			message: `The environment has no ${String(configured[unset])}: set it where Passlens starts.`
		};
	const valueOf = (name: string | undefined) => (name === undefined ? undefined : env[name]);
	const read = readStream({
		...{ name: configured.name, kind: configured.kind, format: configured.format },
		...{ projects: configured.projects, topics: configured.topics },
		target: configured.target ?? valueOf(configured.target_from_environment) ?? '',
		secret: valueOf(configured.secret_from_environment),
		authorization: valueOf(configured.authorization_from_environment)
	});
	if (!('mistake' in read)) return read;
	const { field, message } = read.mistake;
	const named = `${field}_from_environment`;
	return { field: named in configured ? named : field, message };
}
