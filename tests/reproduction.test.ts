import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sparticuz from '@sparticuz/chromium';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { classifyFailure } from '../collector/domain/classify-failure.ts';
import { recognisePlatform } from '../collector/domain/platform.ts';
import { normaliseMessage } from '../sdk/common/normalise-message.ts';
import { reproduction } from '../src/lib/ceremony/reproduction.ts';
import type { AskedCeremony } from '../src/lib/ceremony/request-notes.ts';
import { chromiumEnvironment } from './support/browser.ts';

const ROOT = join(import.meta.dirname, '..');
const CHROME = recognisePlatform({
	userAgent:
		'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36'
});
const ASKED: AskedCeremony = {
	...{ ceremony_type: 'authentication', mediation: 'optional', timeout_ms: 60_000 },
	...{ origin: 'https://shop.example', rp_id: 'shop.example', resident_key: '' },
	...{ user_verification: 'preferred', requested_attachment: '', attestation: '' },
	...{ hints: ['client-device'], allow_count: 1, allow_transports: [], exclude_count: null },
	...{ exclude_transports: [], os_name: 'Windows', browser_name: 'Chrome' },
	...{ cross_device: null, user_verified: null, cause: '' }
};

let directory: string;
beforeAll(async () => {
	// Within the repository, so that the script finds its one import.
	await mkdir(join(ROOT, 'test-results'), { recursive: true });
	directory = await mkdtemp(join(ROOT, 'test-results', 'reproduction-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs the script as somebody would who copied it, and asks the classifier what its page met. */
async function causeOf(asked: AskedCeremony): Promise<string> {
	const made = reproduction(asked);
	if (!made || !('script' in made)) throw new Error(`No script for ${asked.cause}.`);
	const file = join(directory, `${asked.cause}-${asked.ceremony_type}.mjs`);
	await writeFile(file, made.script);
	const { stdout } = await promisify(execFile)(process.execPath, [file], {
		env: {
			...(await chromiumEnvironment()),
			CHROMIUM: await sparticuz.executablePath(),
			CHROMIUM_ARGS: '--headless --no-sandbox --disable-gpu'
		}
	});
	const met = JSON.parse(stdout) as {
		name: string;
		message?: string;
		elapsed_ms?: number;
		blurred?: boolean;
	};
	return classifyFailure({
		error: { name: met.name, signature: normaliseMessage(met.message ?? '') },
		ceremonyType: asked.ceremony_type,
		request: {
			mediation: asked.mediation as 'optional' | 'conditional',
			allow_count: asked.allow_count ?? 0,
			user_verification: asked.cause === 'user_verification_unavailable' ? 'required' : 'preferred'
		},
		evidence: { blurred: met.blurred ?? false, hidden: false, focused_at_start: true },
		elapsedMs: met.elapsed_ms ?? 0,
		platform: CHROME
	}).cause;
}

const CREATE = {
	ceremony_type: 'registration',
	resident_key: 'required',
	allow_count: null
} as const;

it.each([
	['already_registered', CREATE],
	['user_verification_unavailable', {}],
	['rp_id_mismatch', {}],
	['request_pending', CREATE],
	['conditional_not_eligible', { ...CREATE, mediation: 'conditional' }]
] as const)('the script for %s ends in the same cause', async (cause, change) => {
	expect(await causeOf({ ...ASKED, ...change, cause })).toBe(cause);
});
