import { classifyFailure, type Failure } from '../collector/domain/classify-failure.ts';
import { recognisePlatform } from '../collector/domain/platform.ts';
import { result, type BenchPart } from './part.ts';

const TIMES = 200_000;

/** Failures classified in a second, by the table's last rules, against parsing the event they came in. */
export const part: BenchPart = {
	name: 'classify',
	run() {
		const failure: Failure = {
			error: {
				name: 'NotAllowedError',
				signature: 'The operation either timed out or was not allowed. See: <url>.'
			},
			ceremonyType: 'authentication',
			request: { mediation: 'optional', timeout_ms: 60_000 },
			evidence: { blurred: true, blurred_after_ms: 130 },
			elapsedMs: 4_200,
			platform: recognisePlatform({ userAgent: '' })
		};
		const event = JSON.stringify(failure);
		const ours = perSecond(() => classifyFailure(failure).evidence.length);
		const reference = perSecond(() => (JSON.parse(event) as Failure).elapsedMs);
		return Promise.resolve([
			result({
				name: 'classify: probable cause of a bare refusal',
				ours,
				reference,
				unit: 'failures/s',
				against: 'JSON.parse of the same failure'
			})
		]);
	}
};

/** The sum keeps the work from being optimised away. */
function perSecond(work: () => number): number {
	let sum = 0;
	for (let i = 0; i < TIMES / 10; i++) sum += work();
	const started = performance.now();
	for (let i = 0; i < TIMES; i++) sum += work();
	const seconds = (performance.now() - started) / 1000;
	return sum > 0 ? TIMES / seconds : 0;
}
