import { formatDay } from '$lib/format/date.ts';
import { describeStatus } from '$lib/format/fido-status.ts';
import type { Authenticator } from '$lib/server/authenticators.ts';
import type { Fact } from './fact-list.svelte';

/** What the FIDO Metadata Service says of a credential's model; nothing where it says nothing, or none was supplied. */
export function modelFacts(model: Authenticator | undefined): Fact[] {
	if (!model || model.mds_number === 0) return [];
	const status = describeStatus(model.status);
	const certification = describeStatus(model.certification);
	const since = model.status_since && `since ${formatDay(model.status_since)}`;
	return [
		{ label: 'Model', term: `FIDO metadata no. ${model.mds_number}`, value: model.description },
		{
			label: 'FIDO status',
			term: model.status,
			value: [status?.name, since].filter(Boolean).join(' '),
			...(status?.meaning && { note: status.meaning }),
			...(status?.bad && { bad: true })
		},
		{
			label: 'Certification',
			term: model.certification,
			value: certification?.name ?? 'None',
			...(certification?.meaning && { note: certification.meaning })
		}
	];
}
