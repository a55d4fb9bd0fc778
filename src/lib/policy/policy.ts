/**
 * A policy: who must or must not hold which kind of credential. One schema for the page, its form, a file and the command.
 * It is written as YAML or JSON, which YAML contains.
 */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { CERTIFICATION_LEVELS, CREDENTIAL_KINDS } from './policy-terms.ts';

const LIMITS = { rules: 30, groups: 30, tags: 50, models: 500, document: 50_000 };

const TITLE = 'give it a title of at most 120 characters';
const MINIMUM = 'write a whole number from 1 to 20';
const AGE = 'write a whole number of days from 1 to 36,500';

const slug = z
	.string()
	.regex(
		/^[a-z0-9][a-z0-9-]{0,39}$/,
		'use lower-case letters, digits and "-", at most 40 characters'
	);
const tag = z
	.string()
	.max(200)
	.regex(/^[^=]{1,40}=/, 'write a tag as name=value, such as role=admin');
const who = z
	.string()
	.max(200)
	.regex(
		/^(group:[a-z0-9][a-z0-9-]{0,39}|[^=]{1,40}=.*)$/s,
		'write a tag as name=value, such as role=admin, or a group as group:name'
	);
const aaguid = z
	.string()
	.toLowerCase()
	.regex(
		/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
		'write an AAGUID as 32 hex digits in five groups'
	);
const models = z.array(aaguid).min(1).max(LIMITS.models);

const ruleSchema = z
	.strictObject({
		/** Names the rule in addresses and in evidence: it stays when the words change. */
		id: slug,
		title: z.string().trim().min(1, TITLE).max(120, TITLE),
		/** Why there is such a rule. */
		why: z.string().trim().max(500).optional(),
		/** Users whose newest value of a tag is one of these, or who are in one of these groups. */
		who: z.union([z.literal('everybody'), z.array(who).min(1).max(LIMITS.tags)]),
		except: z.array(who).max(LIMITS.tags).default([]),
		/** The only kinds they may hold. */
		kinds: z.array(z.enum(CREDENTIAL_KINDS)).min(1).optional(),
		models: z
			.strictObject({ allow: models.optional(), deny: models.optional() })
			.refine(({ allow, deny }) => allow || deny, 'name models to allow or to deny')
			.optional(),
		/** By what the FIDO Metadata Service says of the model. */
		certification: z
			.strictObject({
				at_least: z.enum(CERTIFICATION_LEVELS).optional(),
				/** Its newest status there is none of: revoked, key compromised, user verification bypassed. */
				no_known_weakness: z.literal(true).optional()
			})
			.refine(
				({ at_least, no_known_weakness }) => at_least || no_known_weakness,
				'give at_least or no_known_weakness'
			)
			.optional(),
		/** How many they must hold that keep the rest of the rule. */
		minimum: z.int(MINIMUM).min(1, MINIMUM).max(20, MINIMUM).optional(),
		/** Days since its registration, or since it was first seen. */
		maximum_age_days: z.int(AGE).min(1, AGE).max(36_500, AGE).optional(),
		/** It never answered without verifying its user (UV). */
		user_verified: z.literal(true).optional(),
		/** What is to become of a credential of which something asked for is not known. */
		unknown: z.enum(['apart', 'breaks']).default('apart')
	})
	.refine(
		({ kinds, models, certification, minimum, maximum_age_days, user_verified }) =>
			kinds ?? models ?? certification ?? minimum ?? maximum_age_days ?? user_verified,
		'a rule must ask for something: kinds, models, certification, minimum, maximum_age_days or user_verified'
	);

const policySchema = z
	.strictObject({
		version: z.literal(1),
		/** Named sets of tags: whoever has one of them is in the group. */
		groups: z
			.record(slug, z.array(tag).min(1).max(LIMITS.tags))
			.refine(
				(groups) => Object.keys(groups).length <= LIMITS.groups,
				`at most ${LIMITS.groups} groups`
			)
			.default({}),
		rules: z.array(ruleSchema).max(LIMITS.rules)
	})
	.superRefine(({ groups, rules }, context) => {
		const seen = new Set<string>();
		for (const [index, rule] of rules.entries()) {
			if (seen.has(rule.id))
				context.addIssue({
					code: 'custom',
					path: ['rules', index, 'id'],
					message: `two rules are called "${rule.id}": give one of them another id`
				});
			seen.add(rule.id);
			for (const field of ['who', 'except'] as const)
				for (const one of [rule[field]].flat())
					if (one.startsWith('group:') && !Object.hasOwn(groups, one.slice(6)))
						context.addIssue({
							code: 'custom',
							path: ['rules', index, field],
							message: `there is no group "${one.slice(6)}": define it under groups`
						});
		}
	});

export type Policy = z.output<typeof policySchema>;
export type PolicyRule = Policy['rules'][number];

/** What is wrong with a written policy: where, and what to do. */
export interface PolicyMistake {
	/** `rules[0].kinds`, or `line 3`. */
	where: string;
	message: string;
}

/** Reads a written policy. */
export function parsePolicy(text: string): { policy: Policy } | { mistakes: PolicyMistake[] } {
	if (text.length > LIMITS.document)
		return {
			mistakes: [
				{
					where: 'document',
					message: `it has ${text.length} characters; ${LIMITS.document} are taken`
				}
			]
		};
	// Aliases could make a small text a huge policy.
	const document = parseDocument(text, { prettyErrors: true });
	if (document.errors.length > 0)
		return {
			mistakes: document.errors.map(({ linePos, message }) => ({
				where: linePos ? `line ${linePos[0].line}` : 'document',
				message: message.split(' at line')[0]!
			}))
		};
	let given: unknown;
	try {
		given = document.toJS({ maxAliasCount: 20 });
	} catch (error) {
		return { mistakes: [{ where: 'document', message: String(Object(error).message) }] };
	}
	const parsed = policySchema.safeParse(given);
	if (parsed.success) return { policy: parsed.data };
	return {
		mistakes: parsed.error.issues.map(({ path, message }) => ({
			where: formatPath(path) || 'document',
			message
		}))
	};
}

const formatPath = (path: readonly PropertyKey[]) =>
	path
		.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
		.join('')
		.slice(1);

/** The tags behind tags and groups. */
export function tagsOf(policy: Pick<Policy, 'groups'>, who: readonly string[]): string[] {
	return [
		...new Set(
			who.flatMap((one) => (one.startsWith('group:') ? (policy.groups[one.slice(6)] ?? []) : [one]))
		)
	];
}

/** The text with a rule more, the rest as it was written, comments included. */
export function addRule(text: string, rule: z.input<typeof ruleSchema>): string {
	const document = parseDocument(text.trim() || STARTING_POINT);
	const index = (document.toJS()?.rules ?? []).findIndex(
		(one: { id?: unknown }) => one?.id === rule.id
	);
	if (!document.has('rules')) document.set('rules', []);
	if (index >= 0) document.setIn(['rules', index], document.createNode(rule));
	else document.addIn(['rules'], document.createNode(rule));
	return document.toString({ lineWidth: 100 });
}

/** What an empty page begins with. */
const STARTING_POINT = `version: 1
groups: {}
rules: []
`;
