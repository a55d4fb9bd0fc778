import lighthouse, { desktopConfig, snapshot, type Flags } from 'lighthouse';
import puppeteer from 'puppeteer-core';

/** Scores of a page, 0 to 100, with what costs it any. */
export interface Scores {
	scores: Record<string, number>;
	/** `audit: what it says`, of those that are not passed. */
	missed: string[];
}

interface Result {
	lhr: {
		categories: Record<
			string,
			{ score: number | null; auditRefs: { id: string; weight: number }[] }
		>;
		audits: Record<string, { score: number | null; title: string; scoreDisplayMode: string }>;
	};
}

/** Lighthouse on the page as it stands in an open window: accessibility and best practices, nothing timed. */
export async function lookAtPage(debuggingPort: number, address: string): Promise<Scores> {
	const browser = await puppeteer.connect({
		browserURL: `http://127.0.0.1:${debuggingPort}`,
		defaultViewport: null
	});
	try {
		const page = await browser.newPage();
		await page.goto(address, { waitUntil: 'load' });
		const flags: Flags = { onlyCategories: ['accessibility', 'best-practices'], logLevel: 'error' };
		const found = scoresOf(await snapshot(page, { config: desktopConfig, flags }));
		await page.close();
		return found;
	} finally {
		await browser.disconnect();
	}
}

/** Lighthouse from the first byte on, performance included, as a desktop sees the page. */
export async function runLighthouse(debuggingPort: number, address: string): Promise<Scores> {
	return scoresOf(
		await lighthouse(
			address,
			{
				port: debuggingPort,
				onlyCategories: ['performance', 'accessibility', 'best-practices'],
				logLevel: 'error'
			},
			desktopConfig
		)
	);
}

function scoresOf(result: unknown): Scores {
	const { categories, audits } = (result as Result).lhr;
	return {
		scores: Object.fromEntries(
			Object.entries(categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)])
		),
		missed: Object.values(categories).flatMap(({ auditRefs }) =>
			auditRefs.flatMap(({ id, weight }) => {
				const { score, title, scoreDisplayMode } = audits[id]!;
				const passed = score === null || score >= 0.9 || scoreDisplayMode === 'notApplicable';
				return weight > 0 && !passed ? [`${id}: ${title}`] : [];
			})
		)
	};
}
