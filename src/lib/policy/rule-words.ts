/** A rule and its breaches in words. */
import type { CredentialKind } from './policy-terms.ts';
import type { PolicyRule } from './policy.ts';
import { formatCounted } from '../format/number.ts';

export const KIND_NAMES: Record<CredentialKind, string> = {
	device_bound: 'device-bound',
	syncable: 'syncable',
	synced: 'synced'
};

/** Why a credential breaks a rule, or why nothing can be told of it. */
export const REASONS = [
	'kind',
	'model_not_allowed',
	'model_denied',
	'certification',
	'known_weakness',
	'age',
	'user_not_verified',
	'kind_unknown',
	'model_unknown',
	'certification_unknown',
	'age_unknown',
	'verification_unknown'
] as const;

export type Reason = (typeof REASONS)[number];

const list = new Intl.ListFormat('en', { type: 'disjunction' });

/** What the rule asks of each of its users, a sentence each. */
export function describeRule(rule: PolicyRule): string[] {
	const { kinds, models, certification, minimum, maximum_age_days, user_verified } = rule;
	return [
		kinds && `Only ${kindsOf(kinds)} credentials.`,
		models?.allow && `Only ${formatCounted(models.allow.length, 'named model')} (AAGUID).`,
		models?.deny && `None of ${formatCounted(models.deny.length, 'named model')} (AAGUID).`,
		certification?.at_least &&
			`Models certified by FIDO at level ${levelName(certification.at_least)} or above.`,
		certification?.no_known_weakness && 'No model that FIDO reports revoked or compromised.',
		maximum_age_days && `None older than ${formatCounted(maximum_age_days, 'day')}.`,
		user_verified && 'The user is verified (UV) every time.',
		minimum &&
			`At least ${formatCounted(minimum, 'credential')}${(kinds ?? models ?? certification) ? ' of that kind' : ''}.`
	].filter((one): one is string => Boolean(one));
}

/** Whom the rule is about. */
export function describeWho({ who, except }: PolicyRule): string {
	const of = who === 'everybody' ? 'Everybody' : `Users with ${list.format(who)}`;
	return except.length > 0 ? `${of}, except ${list.format(except)}` : of;
}

/** Why the credential breaks the rule. */
export function describeReason(reason: Reason, rule: PolicyRule): string {
	return {
		kind: `Is not ${kindsOf(rule.kinds ?? [])}`,
		model_not_allowed: 'Its model is not on the list',
		model_denied: 'Its model is denied',
		certification: `Certified below level ${levelName(rule.certification?.at_least ?? '')}`,
		known_weakness: 'FIDO reports its model revoked or compromised',
		age: `Older than ${formatCounted(rule.maximum_age_days ?? 0, 'day')}`,
		user_not_verified: 'Answered without verifying its user',
		kind_unknown: 'Backup flags not known',
		model_unknown: 'Model not known: no AAGUID was told',
		certification_unknown: 'The FIDO metadata reports nothing of its model for that day',
		age_unknown: 'Registered before Passlens watched',
		verification_unknown: 'No ceremony told whether its user was verified'
	}[reason];
}

/** What brings a user in line who breaks the rule so. */
export function bringInLine(
	rule: PolicyRule,
	{ reasons, missing }: { reasons: readonly Reason[]; missing: number }
): string[] {
	const of = new Set(reasons);
	const replaced = reasons.some((reason) => reason !== 'user_not_verified');
	const asked = rule.kinds ? `${kindsOf(rule.kinds)} ` : '';
	const listed = rule.models?.allow ? ' of a listed model' : '';
	return [
		of.has('user_not_verified') &&
			'Ask for user verification (userVerification: "required"), or revoke what cannot verify.',
		of.has('age') && 'Replace what is too old by a new registration.',
		missing > 0 &&
			`Register ${formatCounted(missing, `more ${asked}credential`)}${listed}`.replace(/$/, '.'),
		replaced &&
			(missing > 0 || !rule.minimum
				? `Revoke what breaks the rule${missing > 0 ? ' once that is done' : `, after registering a ${asked}credential${listed} where it is the only one`}.`
				: 'Revoke what breaks the rule: enough remains.'),
		(of.has('kind_unknown') || of.has('model_unknown') || of.has('verification_unknown')) &&
			'Send the server’s verdicts, which tell what the page could not.',
		of.has('certification_unknown') && 'Supply the FIDO metadata file, or allow the model by name.'
	].filter((one): one is string => Boolean(one));
}

const kindsOf = (kinds: readonly CredentialKind[]) =>
	list.format(kinds.map((kind) => KIND_NAMES[kind]));

const levelName = (level: string) => level.replace('L', '').replace('plus', '+');
