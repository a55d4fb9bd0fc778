import { describe, expect, it } from 'vitest';
import { isUserDriven } from '../../simulator/truth.ts';
import { FALLBACK_REASON_NAMES, SIGNIN_METHOD_NAMES } from '../../src/lib/format/names.ts';
import { formatDuration, formatShare } from '../../src/lib/format/number.ts';
import { quantile } from './truth-asked.ts';
import { readTable } from './read-table.ts';
import { grouped, plain, sum, type RolloutStage } from './rollout-stage.ts';

/** Questions about how people sign in, answered off the pages, on the data of `product.test.ts`. */
export function describeSignInQuestions(stage: () => RolloutStage): void {
	describe('Which method do they sign in by, and how well?', () => {
		it('is answered side by side: successes, their share, attempts, and the rate', async () => {
			const { open, card, facts, truth } = stage();
			await open('/adoption/sign-ins');
			const others = Object.entries(truth.signins).filter(([method]) => method !== 'passkey');
			const judged = facts.filter(
				(fact) =>
					fact.kind === 'ceremony' &&
					fact.type === 'authentication' &&
					isUserDriven(fact) &&
					(fact.verified !== undefined || !fact.clientSucceeded)
			);
			const verified = judged.filter((fact) => fact.kind === 'ceremony' && fact.verified).length;
			const tried = (method: string) =>
				facts.filter((fact) => fact.kind === 'signin' && fact.method === method).length;
			const expected = [
				['passkey', verified, judged.length] as const,
				...others.map(([method, done]) => [method, done, tried(method)] as const)
			];
			const all = sum(expected.map(([, succeeded]) => succeeded));
			const rows = await readTable(card('Methods side by side'));
			expect(
				rows
					.map((row) => [
						row['Method'],
						row['Succeeded'],
						row['Share of sign-ins'],
						row['Attempts'],
						row['Success']!.split(' ').slice(-2).join(' ')
					])
					.toSorted()
			).toEqual(
				expected
					.map(([method, succeeded, attempts]) => [
						SIGNIN_METHOD_NAMES[method] ?? method,
						grouped(succeeded),
						plain(formatShare(succeeded, all)),
						grouped(attempts),
						plain(formatShare(succeeded, attempts))
					])
					.toSorted()
			);
		});

		it('and how long each takes, half of them and most of them: by passkey from call to answer, else from page to end', async () => {
			const { open, card, truth } = stage();
			await open('/adoption/sign-ins');
			const rows = await readTable(card('Methods side by side'));
			const times: Record<string, number[]> = { ...truth.signinTimes, passkey: truth.kpis.times };
			expect(Object.keys(times).length).toBeGreaterThan(3);
			const timeAt = (method: string, level: number) =>
				plain(formatDuration(quantile(times[method]!, level)));
			expect(
				Object.fromEntries(
					rows.map((row) => [row['Method'], [row['Median time'], row['95 % within']]])
				)
			).toEqual(
				Object.fromEntries(
					Object.keys(times).map((method) => [
						SIGNIN_METHOD_NAMES[method],
						[timeAt(method, 0.5), timeAt(method, 0.95)]
					])
				)
			);
		});

		it('and why a passkey was given up for another, by the site’s own reasons', async () => {
			const { open, card, facts } = stage();
			await open('/adoption', { tables: true });
			const rows = await readTable(card('Why passkey sign-ins fell back'));
			const reasons = Map.groupBy(
				facts.flatMap((fact) => (fact.kind === 'signin' && fact.fallback ? [fact.fallback] : [])),
				(reason) => reason
			);
			expect(reasons.size).toBeGreaterThan(1);
			expect(rows.map((row) => [row['Reason'], row['Sign-ins']]).toSorted()).toEqual(
				[...reasons]
					.map(([reason, list]) => [FALLBACK_REASON_NAMES[reason] ?? reason, grouped(list.length)])
					.toSorted()
			);
		});
	});
}
