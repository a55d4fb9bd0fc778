import { formatDayAndYear } from '$lib/format/date.ts';
import { describeStatus } from '$lib/format/fido-status.ts';
import type { FoundModel } from '$lib/server/find-model.ts';
import type { Fact } from './fact-list.svelte';

/** What the FIDO Metadata Service said of a credential's model on a day; nothing where it never said anything, or none was supplied. */
export function modelFacts(model: FoundModel | undefined, on: string): Fact[] {
	if (!model || (model.mds_number === 0 && model.statuses.length === 0)) return [];
	const then = model.statuses.find((one) => one.from_day <= on && one.until_day > on);
	const status = describeStatus(then?.status ?? '');
	const certification = describeStatus(then?.certification ?? '');
	return [
		{
			label: 'Model',
			term: model.mds_number > 0 ? `FIDO metadata no. ${model.mds_number}` : 'FIDO metadata',
			value: model.description
		},
		{
			label: `FIDO status on ${formatDayAndYear(on)}`,
			term: then?.status ?? 'status',
			value: status && `${status.name} since ${formatDayAndYear(then!.status_since)}`,
			note: then ? (status?.meaning ?? '') : 'Nothing had been reported of it by that day.',
			...(status?.bad && { bad: true })
		},
		{
			label: 'Certification',
			term: then?.certification || 'certification',
			value: certification
				? `${certification.name} since ${formatDayAndYear(then!.certification_since!)}`
				: then && 'None',
			...(certification?.meaning && { note: certification.meaning })
		},
		...otherDays(model, then)
	];
}

/** How it stood before and after, so that a change is seen from any of its days. */
function otherDays({ statuses }: FoundModel, then: unknown): Fact[] {
	const others = statuses.filter((one) => one !== then);
	if (others.length === 0) return [];
	const words = others.map(
		({ status, from_day }) => `${describeStatus(status)!.name} from ${formatDayAndYear(from_day)}`
	);
	return [{ label: 'On other days', term: 'status reports', value: words.join('; ') }];
}
