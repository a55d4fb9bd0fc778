import { describeCause } from '../format/cause-names.ts';
import {
	PAGE_RECIPES,
	SERVER_RECIPES,
	WITHOUT_RECIPE,
	type Recipe
} from './reproduction-recipes.ts';
import type { AskedCeremony } from './request-notes.ts';

export type Reproduction =
	| { script: string; because: string }
	/** No script brings it about, and why. */
	| { missing: string };

/** A passkey provider on the device itself, which answers every request at once. */
const SYNCED_PLATFORM = {
	protocol: 'ctap2',
	ctap2Version: 'ctap2_1',
	transport: 'internal',
	hasResidentKey: true,
	hasUserVerification: true,
	isUserVerified: true,
	automaticPresenceSimulation: true,
	defaultBackupEligibility: true,
	defaultBackupState: true
};

/**
 * A script for Node and Chromium that brings a ceremony's cause about with a virtual authenticator, with the options of the ceremony where
 * they do not stand against it. It prints what the page met, as JSON. Undefined for a ceremony without a cause.
 */
export function reproduction(asked: AskedCeremony): Reproduction | undefined {
	const { cause } = asked;
	if (cause === '') return undefined;
	const recipe = Object.hasOwn(PAGE_RECIPES, cause) ? PAGE_RECIPES[cause]! : undefined;
	const kind = asked.ceremony_type === 'registration' ? 'create' : 'get';
	if (recipe && (recipe.call || recipe.framed || recipe[kind]))
		return { script: pageScript(asked, recipe, kind), because: recipe.because };
	if (Object.hasOwn(SERVER_RECIPES, cause))
		return { script: siteScript(asked), because: SERVER_RECIPES[cause]!.because };
	return {
		missing:
			WITHOUT_RECIPE[cause] ?? 'No way is known to bring this about with a virtual authenticator.'
	};
}

function pageScript(asked: AskedCeremony, recipe: Recipe, kind: 'create' | 'get'): string {
	const authenticator = { ...SYNCED_PLATFORM, ...recipe.authenticator };
	const call = recipe.call?.(kind) ?? `await ${kind}(${recipe[kind] ?? ''});`;
	const page = recipe.framed
		? `await page.goto(\`http://localhost:\${port}/\`);
const frame = await page.evaluateHandle((address) => {
	const element = document.createElement('iframe');
	element.src = address;
	document.body.append(element);
	return new Promise((loaded) => element.addEventListener('load', () => loaded(element)));
}, \`http://other.localhost:\${port}/\`);
const where = await frame.asElement().contentFrame();`
		: `await page.goto(\`http://localhost:\${port}/\`);
const where = page;`;
	return `${heading(asked, recipe.because)}import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

const server = createServer((_request, response) => {
	response.setHeader('content-type', 'text/html');
	response.end('<!doctype html><title>Reproduction</title><body></body>');
}).listen(0);
await new Promise((listening) => server.once('listening', listening));
const { port } = server.address();

${LAUNCH}
const page = await browser.newPage();
const devtools = await page.context().newCDPSession(page);
await devtools.send('WebAuthn.enable');
await devtools.send('WebAuthn.addVirtualAuthenticator', {
	options: ${source(authenticator)}
});
${page}

const met = await where.evaluate(async () => {
	const bytes = (length) => crypto.getRandomValues(new Uint8Array(length));
	const create = (more = {}, beside = {}) =>
		navigator.credentials.create({
			publicKey: {
				rp: { ${recipe.framed ? '' : "id: 'localhost', "}name: 'Reproduction' },
				user: { id: bytes(16), name: 'user', displayName: 'User' },
				challenge: bytes(32),
				pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
				${optionsOf(asked, 'create')}
				...more
			},
			...beside
		});
	const get = (more = {}, beside = {}) =>
		navigator.credentials.get({
			publicKey: {
				${recipe.framed ? '' : "rpId: 'localhost',"}
				challenge: bytes(32),
				${optionsOf(asked, 'get')}
				...more
			},
			...beside
		});
	let blurred = false;
	let startedAt = performance.now();
	try {
		${[...(recipe.before ?? []), 'startedAt = performance.now();', "window.addEventListener('blur', () => (blurred = true));", call].join('\n\t\t')}
		return { name: 'none: it succeeded' };
	} catch (error) {
		const elapsed_ms = Math.round(performance.now() - startedAt);
		return { name: error.name, message: error.message, elapsed_ms, blurred };
	}
});
console.log(JSON.stringify(met));
await browser.close();
server.close();
`;
}

/** For what the server refuses: the site itself, with an authenticator that answers as it should not. */
function siteScript(asked: AskedCeremony): string {
	const { authenticator = {}, overrides, because } = SERVER_RECIPES[asked.cause]!;
	return `${heading(asked, because)}import { chromium } from 'playwright-core';

${LAUNCH.replace('launch({', 'launch({\n\theadless: false,')}
const page = await browser.newPage();
const devtools = await page.context().newCDPSession(page);
await devtools.send('WebAuthn.enable');
const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
	options: ${source({ ...SYNCED_PLATFORM, ...authenticator })}
});
await page.goto(${JSON.stringify(asked.origin || 'https://your-site.example')});
console.log('Create a passkey on the page, then press Enter here.');
await new Promise((pressed) => process.stdin.once('data', pressed));
${
	overrides
		? `await devtools.send('WebAuthn.setResponseOverrideBits', {\n\tauthenticatorId,\n\t${Object.entries(
				overrides
			)
				.map(([name, value]) => `${name}: ${value}`)
				.join(',\n\t')}\n});\n`
		: ''
}console.log('Sign in with it now: the server has to refuse. Enter ends it.');
await new Promise((pressed) => process.stdin.once('data', pressed));
await browser.close();
process.exit();
`;
}

const LAUNCH = `const browser = await chromium.launch({
	...(process.env.CHROMIUM && { executablePath: process.env.CHROMIUM }),
	args: process.env.CHROMIUM_ARGS?.split(' ') ?? []
});`;

function heading({ cause, ceremony_type }: AskedCeremony, because: string): string {
	return `// Reproduces “${describeCause(cause).name}” (${cause}) of a ${ceremony_type} with Chromium's virtual authenticator.
// ${because}
// Save it as reproduce.mjs, then: npm install playwright-core && npx playwright-core install chromium && node reproduce.mjs
// A Chromium of your own: CHROMIUM=<path to its program>, its switches in CHROMIUM_ARGS.
`;
}

/** The ceremony's own options as properties of the call; what only a real site has (ids, names, RP ID) is made up. */
function optionsOf(asked: AskedCeremony, kind: 'create' | 'get'): string {
	const { resident_key, user_verification, requested_attachment, attestation, hints } = asked;
	const timeout = asked.timeout_ms === null ? {} : { timeout: Math.min(asked.timeout_ms, 60_000) };
	const hinted = hints.length > 0 ? { hints } : {};
	if (kind === 'get')
		return properties({
			...timeout,
			...(user_verification && { userVerification: user_verification }),
			...hinted
		});
	const selection = {
		...(resident_key && { residentKey: resident_key }),
		...(user_verification && { userVerification: user_verification }),
		...(requested_attachment === 'platform' && { authenticatorAttachment: requested_attachment })
	};
	return properties({
		...timeout,
		...(Object.keys(selection).length > 0 && { authenticatorSelection: selection }),
		...(attestation && { attestation }),
		...hinted
	});
}

const properties = (values: object) =>
	Object.entries(values)
		.map(([name, value]) => `${name}: ${source(value)},`)
		.join('\n\t\t\t\t');

/** A value as JavaScript: text comes from the contract's words alone, and is quoted as JSON quotes it. */
function source(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(source).join(', ')}]`;
	if (value !== null && typeof value === 'object')
		return `{ ${Object.entries(value)
			.map(([name, inner]) => `${name}: ${source(inner)}`)
			.join(', ')} }`;
	return typeof value === 'string'
		? `'${JSON.stringify(value).slice(1, -1).replaceAll("'", "\\'")}'`
		: String(value);
}
