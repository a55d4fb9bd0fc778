import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ROOT = join(import.meta.dirname, '..');

/** What files of many tests take, in seconds, on two cores; each that is not here takes less. `npm test` tells it of each. */
const SECONDS: Record<string, number> = {
	'tests/ceremonies.test.ts': 360,
	'tests/upgrades.test.ts': 300,
	'tests/pages.test.ts': 300,
	'tests/breakdowns.test.ts': 170,
	'tests/late-truth.test.ts': 145,
	'tests/access-matrix.test.ts': 130,
	'tests/product.test.ts': 130,
	'tests/figures-lead.test.ts': 100,
	'tests/keyboard.test.ts': 88,
	'tests/planted-changes.test.ts': 80,
	'tests/simulated-figures.test.ts': 75,
	'tests/narrowed.test.ts': 70,
	'tests/mistakes.test.ts': 65,
	'tests/oracle-edges.test.ts': 65,
	'tests/deployments.test.ts': 70,
	'tests/traces.test.ts': 65,
	'tests/sign-in.test.ts': 65,
	'tests/days-of-zones.test.ts': 65,
	'tests/docs.test.ts': 60,
	'tests/front-door.test.ts': 54,
	'tests/set-up.test.ts': 53,
	'tests/policies.test.ts': 50,
	'tests/causes.test.ts': 50,
	'tests/read-api.test.ts': 45,
	'tests/ledger.test.ts': 40,
	'tests/users.test.ts': 40,
	'tests/settings.test.ts': 39,
	'tests/search.test.ts': 32,
	'tests/firefox.test.ts': 31,
	'collector/lifecycle/verify.test.ts': 120,
	'collector/spans/keep-span-export.test.ts': 62,
	'collector/reclassify/reclassify.test.ts': 51,
	'src/lib/server/queries/upgrade-funnel.test.ts': 46,
	'collector/lifecycle/cluster.test.ts': 43,
	'collector/store/refresh-credential-rows.test.ts': 39,
	'collector/lifecycle/erase-person.test.ts': 36,
	'collector/store/project-zones.test.ts': 31,
	'src/lib/server/digest/digest.test.ts': 28,
	'src/lib/server/queries/ledger-and-users.test.ts': 27,
	'collector/backup/backup.test.ts': 23,
	'src/lib/server/queries/enrolment-funnel.test.ts': 22,
	'collector/spool/survive-kill.test.ts': 20
};

/** Starts the longest files first, so that no core waits for one of them at the end; those of one duration in vitest's own order. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		for (const file of Object.keys(SECONDS))
			if (!existsSync(join(ROOT, file)))
				throw new Error(`${file} is not there any more: take it out of tools/longest-first.ts.`);
		const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
		const seconds = ({ moduleId }: TestSpecification) => SECONDS[relative(ROOT, moduleId)] ?? 0;
		return (await super.sort(files)).toSorted(
			(a, b) => group(a) - group(b) || seconds(b) - seconds(a)
		);
	}
}
