import {
	AS_OF_LAST_DAY,
	BY_SIGN_INS,
	COUNTED_USERS,
	type CountedUsers
} from '$lib/breakdown/counted-users.ts';
import { readDimension, tagOf, type Dimension } from '$lib/breakdown/dimensions.ts';
import { partName } from '$lib/breakdown/part-name.ts';
import type { Ecosystem, Filters } from '$lib/filters.ts';
import { CROSS_DEVICE_STEP_NAMES } from '$lib/format/cross-device-names.ts';
import { formatDayAndYear, formatLongDay, formatRange } from '$lib/format/date.ts';
import {
	ENROLMENT_STEP_NAMES,
	SIGNIN_END_NAMES,
	SIGNIN_STEP_NAMES
} from '$lib/format/funnel-names.ts';
import {
	ECOSYSTEM_NAMES,
	FALLBACK_REASON_NAMES,
	SIGNIN_METHOD_NAMES,
	SYNC_STATE_NAMES,
	type SyncState
} from '$lib/format/names.ts';
import { READINESS_WORDS } from '$lib/format/readiness-names.ts';
import { RISK_WORDS, type Risk } from '$lib/format/risk-names.ts';
import { LEGACY_CLASSES, UPGRADE_STEP_NAMES } from '$lib/format/upgrade-names.ts';
import type { Readiness } from '$lib/server/queries/readiness.ts';
import type { PageData } from './$types';

type List = NonNullable<PageData['list']>;

/** A list of users in words. */
interface Described {
	/** The page it is reached from. */
	from: string;
	path: string;
	heading: string;
	title: string;
	/** What its users have in common, after their number. */
	text: string;
	/** What the moment of each is. */
	moment: string;
	/** The column of what is counted beside users, and one of it; absent where users alone are. */
	counts?: string;
	acts?: string;
	/** Several of it, where that is not formed by an s. */
	severalActs?: string;
}

const FUNNELS = {
	enrolment: { name: 'Enrolment', path: '/adoption', words: ENROLMENT_STEP_NAMES },
	upgrade: { name: 'Upgrades', path: '/upgrades', words: UPGRADE_STEP_NAMES },
	signin: { name: 'Sign-in funnel', path: '/adoption/sign-ins', words: SIGNIN_STEP_NAMES },
	'cross-device': {
		name: 'Cross-device',
		path: '/cross-device',
		words: CROSS_DEVICE_STEP_NAMES
	}
};

const REACH_WORDS: Record<string, string> = {
	none: 'no usable passkey',
	one: 'usable passkeys in one ecosystem',
	many: 'usable passkeys in two or more ecosystems'
};

const ATTEMPTS = { counts: 'Attempts', acts: 'attempt' };
const SIGN_INS = { counts: 'Sign-ins', acts: 'sign-in' };
const LAST_SEEN = { moment: 'Last seen' };
const COVERAGE = { from: 'Sync coverage', path: '/sync-coverage', ...LAST_SEEN };
const RISK = { from: 'Risk', path: '/risk', ...LAST_SEEN };
const SHOWN = { counts: 'Shown', acts: 'showing' };
const FAILURES = { counts: 'Failures', acts: 'ceremony', severalActs: 'ceremonies' };
const SIGNINS = { from: 'Adoption', path: '/adoption', moment: 'Last time', ...SIGN_INS };

/** What a list of users is called, of when it is, and what its users have in common. */
export function describeList(list: List, filters: Filters): Described & { when: string } {
	const { group = '', which = '' } = list.group ?? {};
	const asOf =
		['reach', 'risk', 'password-removal', 'holding'].includes(group) ||
		AS_OF_LAST_DAY.includes(which);
	return {
		...(list.gap ? describeGap(list.gap) : describeGroup(list)),
		when: asOf ? `as of ${formatDayAndYear(filters.to)}` : formatRange(filters)
	};
}

function describeGap({
	funnel,
	step,
	before,
	reached,
	end,
	legacyClass,
	mode,
	cohort,
	crossing
}: NonNullable<List['gap']>): Described {
	const { name, path, words } = FUNNELS[funnel];
	if (end) {
		const { name: ending, meaning } = SIGNIN_END_NAMES[end]!;
		return {
			...{ from: name, path, moment: 'Last time', heading: 'Users by how sign-ins ended' },
			...{ title: ending, text: `had sign-ins that ended so: ${meaning.toLowerCase()}.` },
			...ATTEMPTS
		};
	}
	const nameOf = (of: string) => words[of]?.name ?? of;
	const ofClass =
		funnel === 'upgrade'
			? `, ${LEGACY_CLASSES[legacyClass]?.name ?? legacyClass}${MODE_WORDS[mode]}`
			: funnel === 'cross-device'
				? describeCrossing(crossing)
				: '';
	if (cohort) return describeCohort(cohort, nameOf(step));
	return {
		...{ from: name, path, moment: 'Got there' },
		...(reached
			? {
					heading: 'Users at a step',
					title: `${nameOf(step)}${ofClass}`,
					text: `got to “${nameOf(step)}”, or further.`
				}
			: {
					heading: 'Users behind a gap',
					title: `${nameOf(before)} → ${nameOf(step)}${ofClass}`,
					text: `got as far as “${nameOf(before)}” and not to “${nameOf(step)}”.`
				}),
		...((funnel === 'signin' || funnel === 'cross-device') && ATTEMPTS)
	};
}

const MODE_WORDS = {
	all: '',
	asked: ', asked or unasked',
	self: ', unasked',
	automatic: ', automatic'
};

const TURN_WORDS = {
	first: 'the first time',
	second: 'the second time',
	later: 'the third time or later',
	unnamed: 'not known who'
};

/** Which of the ceremonies across devices, after the step's name. */
function describeCrossing({
	platform,
	phone,
	turn,
	offered
}: NonNullable<List['gap']>['crossing']): string {
	return [
		...(platform === undefined ? [] : [platform || 'platform not known']),
		...(phone ? [`${ECOSYSTEM_NAMES[phone]} phone`] : []),
		...(turn ? [TURN_WORDS[turn]] : []),
		...(offered ? ['then offered a passkey'] : [])
	]
		.map((one) => `, ${one}`)
		.join('');
}

function describeCohort(
	{ kind, which, followed }: NonNullable<NonNullable<List['gap']>['cohort']>,
	step: string
): Described {
	const cohort =
		kind === 'week'
			? `First seen in the week from ${formatLongDay(which)}`
			: `First met ${which ? `release ${which}` : 'a release that is not told'}`;
	return {
		...{ from: 'Cohorts', path: '/adoption/cohorts', moment: 'Got there' },
		...{ heading: 'Users of a cohort', title: cohort },
		text: followed
			? 'were followed for long enough to be compared.'
			: `got to “${step}”, or further.`
	};
}

function describeGroup({ group: asked, total }: List): Described {
	const { group, which, holds, of = '', one } = asked!;
	const are = total === 1 ? 'is' : 'are';
	switch (group) {
		case 'reach':
			return {
				...{ ...COVERAGE, heading: 'Users by reach', title: `With ${REACH_WORDS[which]}` },
				text: `${total === 1 ? 'has' : 'have'} ${REACH_WORDS[which]}.`
			};
		case 'risk': {
			const { label, meaning } = RISK_WORDS[which as Risk];
			return {
				...{ ...RISK, heading: 'Users at risk', title: label },
				text: `${are} at this risk. ${meaning}`
			};
		}
		case 'shared-device':
			return {
				...{ ...RISK, heading: 'Users of shared devices', title: 'Several users in one visit' },
				text: 'signed in with a passkey in a visit in which another user did so too.'
			};
		case 'password-removal': {
			const [holds, has] = total === 1 ? ['holds', 'has'] : ['hold', 'have'];
			return {
				...{ ...RISK, heading: 'Users and their password' },
				...(which === 'ready'
					? {
							title: 'Ready to drop the password',
							text: `${holds} two usable passkeys or a backed-up one, and signed in with one within 60 days.`
						}
					: {
							title: 'Not ready to drop the password',
							text: `${holds} neither two usable passkeys nor a backed-up one, or ${has} not signed in with any within 60 days.`
						})
			};
		}
		case 'stranded':
			return {
				...{ ...COVERAGE, heading: 'Stranded users' },
				title: `${holds ? `${ecosystems(holds)} passkeys` : 'Passkeys'}, on ${which || 'another system'}`,
				text: `came on ${which || 'a system'} where no passkey of theirs is known to work.`
			};
		case 'readiness':
			return {
				...{ ...LAST_SEEN, from: 'Prompts and readiness', path: '/adoption/prompts' },
				...{ heading: 'Users by readiness', title: READINESS_WORDS[which as Readiness].label },
				text: `${are} here by the best of their clients: ${READINESS_WORDS[which as Readiness].label}.`
			};
		case 'signed-in':
			return {
				...{ ...SIGNINS, heading: 'Users by method', title: SIGNIN_METHOD_NAMES[which]! },
				text: `signed in with this method: ${SIGNIN_METHOD_NAMES[which]!.toLowerCase()}.`
			};
		case 'tried':
			return {
				...{ ...SIGNINS, ...ATTEMPTS, from: 'Sign-in funnel', path: '/adoption/sign-ins' },
				...{ heading: 'Users by method', title: `${SIGNIN_METHOD_NAMES[which]!}: attempts` },
				text: `tried to sign in with this method: ${SIGNIN_METHOD_NAMES[which]!.toLowerCase()}.`
			};
		case 'prompted':
			return {
				...{ from: 'Prompts and readiness', path: '/adoption/prompts', moment: 'Last shown' },
				...{ heading: 'Users by prompts', title: promptPart(which, of), ...SHOWN },
				text: 'were shown such an offer.'
			};
		case 'failed':
			return {
				...{ from: 'Failures', path: '/failures', moment: 'Last time', ...FAILURES },
				...{ heading: 'Users of a failure', title: 'Whose ceremonies ended so' },
				text: 'had ceremonies that ended so.'
			};
		case 'holding':
			return {
				...{ ...COVERAGE, moment: 'Last used', heading: 'Users by passkey' },
				title:
					[of === 'unknown' ? 'Unknown provider' : of, SYNC_STATE_NAMES[which as SyncState]]
						.filter(Boolean)
						.join(', ') || 'With a usable passkey',
				text: `${total === 1 ? 'holds' : 'hold'} such a usable passkey.`
			};
		case 'moved':
			return {
				...{ ...COVERAGE, moment: 'Answered there', heading: 'Users of suspected moves' },
				title: `${which}, on ${of}`,
				text: `${total === 1 ? 'has' : 'have'} a passkey of ${which} that first answered on ${of} then, where that provider has no authenticator. A suspicion, not a fact.`
			};
		case 'fell-back':
			return {
				...{ ...SIGNINS, heading: 'Users who fell back', title: FALLBACK_REASON_NAMES[which]! },
				text: 'began with a passkey, and signed in with another method for this reason.'
			};
		case 'cohort': {
			const [cohort = '', week = '', did] = which.split('.');
			const came = did === 'used' ? 'signed in by passkey' : 'signed in';
			return {
				...{ from: 'Cohorts', path: '/adoption/cohorts', moment: 'First passkey' },
				...{
					heading: 'Users of a cohort',
					title: `First passkey in the week from ${formatLongDay(cohort)}`
				},
				text:
					week === '0'
						? 'created their first passkey then.'
						: `created their first passkey then, and ${came} in week ${week} after it.`
			};
		}
		case 'counted': {
			const { title, ...words } = COUNTED_USERS[which as CountedUsers];
			return {
				...{ from: 'Overview', path: '/', heading: 'Users behind a figure', ...words },
				title: `${title}${describePart(one)}`,
				...(BY_SIGN_INS.includes(which) && SIGN_INS)
			};
		}
	}
}

/** Of a part of a breakdown, which. */
function describePart(one: NonNullable<List['group']>['one']): string {
	const { by, tag, part } = one ?? {};
	if (!by || part === undefined) return '';
	const dimension: Dimension | undefined = by === 'tag' ? `tag:${tag ?? ''}` : readDimension(by);
	return dimension ? `: ${partName(dimension, part)}` : '';
}

/** Which prompts: `Placement: checkout`. */
function promptPart(dimension: string, part: string): string {
	const name = tagOf(dimension) ?? `${dimension.charAt(0).toUpperCase()}${dimension.slice(1)}`;
	return `${name}: ${part || 'not told'}`;
}

const ecosystems = (names: string) =>
	new Intl.ListFormat('en').format(
		names.split(' ').map((one) => ECOSYSTEM_NAMES[one as Ecosystem] ?? one)
	);
