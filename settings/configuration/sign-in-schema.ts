import { z } from 'zod';
import { ROLES } from '../access/people.ts';
import { projectIdField } from '../fields.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const issuerField = z.string().superRefine((issuer, context) => {
	const url = URL.parse(issuer);
	const secure =
		url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
	if (!secure || url.search || url.hash || url.username)
		context.addIssue(
			`"${issuer}" cannot be an issuer: an https address is expected, such as https://login.example.com (http at this machine alone), without "?" and "#".`
		);
});

const variableField = z
	.string()
	.regex(
		/^[A-Z_][A-Z0-9_]*$/,
		'The name of an environment variable is expected, such as PASSLENS_OIDC_SECRET.'
	);

const word = (what: string) =>
	z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, `${what} is one word, without spaces.`);

const groupRoleSchema = z.strictObject({
	group: z.string().min(1, 'Name the group as the provider does.').describe('As the claim has it.'),
	role: z.enum(ROLES).describe('What whoever is in the group may do.'),
	project: projectIdField.optional().describe('In which project; left out: in all of them.')
});

/** Sign-in through a company's identity provider (OpenID Connect). */
export const signInSchema = z
	.strictObject({
		name: z
			.string()
			.trim()
			.min(1, 'A name is expected: it stands on the button.')
			.max(40, 'At most 40 characters fit on the button.')
			.describe('As it stands on the button.'),
		issuer: issuerField.describe(
			'Where <issuer>/.well-known/openid-configuration is, to the letter as the provider calls itself.'
		),
		client_id: z
			.string()
			.min(1, 'The provider gave one.')
			.describe('What the provider knows Passlens by.'),
		client_secret_from_environment: variableField
			.optional()
			.describe('The variable that holds the client’s secret where the dashboard starts.'),
		client_secret_file: z
			.string()
			.min(1, 'A path is expected.')
			.optional()
			.describe('A file with the client’s secret, where the dashboard runs.'),
		scopes: z
			.array(word('A scope'))
			.optional()
			.describe('What is asked for beside openid; profile and email when left out.'),
		groups_claim: z
			.string()
			.min(1, 'The name of a claim is expected.')
			.optional()
			.describe('The claim that lists somebody’s groups; groups when left out.'),
		roles: z.array(groupRoleSchema).optional().describe('Which group gives which role.'),
		without_group: z
			.enum(['refuse', 'invited'])
			.optional()
			.describe(
				'Whose groups give nothing: refuse (when left out), or let in those invited by their verified address or with a role of their own.'
			),
		allow_private: z
			.boolean()
			.optional()
			.describe('Lets the issuer lead to this machine and private networks.'),
		sign_out_there: z
			.boolean()
			.optional()
			.describe(
				'Whoever signs out of a session that came through the provider is led there to sign out, too; not when left out. It must know <address of Passlens>/sign-in as an address to come back to.'
			)
	})
	.superRefine((provider, context) => {
		const { client_secret_from_environment: variable, client_secret_file: file } = provider;
		if (variable !== undefined && file !== undefined)
			context.addIssue({
				code: 'custom',
				path: ['client_secret_file'],
				message: 'Give either "client_secret_from_environment" or "client_secret_file", not both.'
			});
		if (URL.parse(provider.issuer)?.protocol === 'http:' && provider.allow_private !== true)
			context.addIssue({
				code: 'custom',
				path: ['issuer'],
				message: 'An issuer at this machine needs "allow_private: true".'
			});
		if ((provider.roles ?? []).length === 0 && provider.without_group !== 'invited')
			context.addIssue({
				code: 'custom',
				path: ['roles'],
				message:
					'Nobody could get in: list the groups that give a role, or write "without_group: invited".'
			});
	});
