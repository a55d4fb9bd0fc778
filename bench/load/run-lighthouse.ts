import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Fetched when it is asked for: with what it needs it is larger than all that the tests need. */
const PACKAGE = 'lighthouse@13.5.0';

export interface Lighthouse {
	/** By category, 0 to 100. */
	scores: Record<string, number>;
	/** Of those audits that cost a score something: its name, and what it says. */
	missed: string[];
	/** As this browser saw it, without the slower line that the performance score reckons with. */
	firstContentfulPaintMs: number;
	layoutShift: number;
}

interface Report {
	runtimeError?: { message: string };
	categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>;
	audits: Record<
		string,
		{ score: number | null; title: string; details?: { items?: Record<string, number>[] } }
	>;
}

/** Lighthouse on a page from its first byte on, as a desktop sees it. */
export function runLighthouse({
	address,
	environment,
	headers,
	directory
}: {
	address: string;
	/** With CHROME_PATH: the browser that it starts. */
	environment: NodeJS.ProcessEnv;
	/** Sent with each request of the page. */
	headers: Record<string, string>;
	/** For its files, and not the project's: what npm fetches is kept outside of it. */
	directory: string;
}): Lighthouse {
	const [headersPath, reportPath] = [
		join(directory, 'headers.json'),
		join(directory, 'report.json')
	];
	writeFileSync(headersPath, JSON.stringify(headers), { mode: 0o600 });
	const { status, stderr } = spawnSync(
		'npm',
		[
			...['exec', '--yes', '--ignore-scripts', `--package=${PACKAGE}`, '--', 'lighthouse', address],
			...['--preset=desktop', '--quiet', '--no-enable-error-reporting'],
			'--chrome-flags=--headless --no-sandbox --disable-gpu',
			'--only-categories=performance,accessibility,best-practices',
			...[`--extra-headers=${headersPath}`, '--output=json', `--output-path=${reportPath}`]
		],
		{ cwd: directory, env: environment, encoding: 'utf8' }
	);
	if (status !== 0) throw new Error(`Lighthouse failed at ${address}:\n${stderr}`);
	const report = JSON.parse(readFileSync(reportPath, 'utf8')) as Report;
	if (report.runtimeError) throw new Error(`${address}: ${report.runtimeError.message}`);
	return readReport(report);
}

function readReport({ categories, audits }: Report): Lighthouse {
	const seen = audits['metrics']?.details?.items?.[0] ?? {};
	return {
		scores: Object.fromEntries(
			Object.entries(categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)])
		),
		missed: Object.values(categories).flatMap(({ auditRefs }) =>
			auditRefs
				.filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
				.map(({ id }) => `${id}: ${audits[id]!.title}`)
		),
		firstContentfulPaintMs: seen['observedFirstContentfulPaint'] ?? NaN,
		layoutShift: seen['cumulativeLayoutShift'] ?? NaN
	};
}
