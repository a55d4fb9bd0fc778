import { bucketOf, listBuckets, type DayRange } from '../../filters.ts';
import { sumActivity, type ActivityRow } from './daily-activity.ts';
import { isCollected } from './overview-outcomes.ts';

/** One row of the page's two series; a type, not an interface, so that it is also a record of CSV values. */
export type AdoptionBucket = {
	bucket: string;
	/** Passkeys created by a user's action. */
	created_by_user: number | null;
	/** Passkeys created by a conditional create, without a dialog. */
	created_automatically: number | null;
	passkey: number | null;
	password: number | null;
	otp: number | null;
	magic_link: number | null;
	social: number | null;
	other: number | null;
};

/** Methods in the order they are stacked. */
export const SIGNIN_METHODS = [
	'passkey',
	'password',
	'otp',
	'magic_link',
	'social',
	'other'
] as const;

/** Passkeys created and successful sign-ins by method, one row a bucket; null before anything was collected. */
export function adoptionByBucket({
	rows,
	range,
	firstDay
}: {
	rows: readonly ActivityRow[];
	range: DayRange;
	firstDay: string;
}): AdoptionBucket[] {
	const byBucket = Map.groupBy(rows, ({ bucket }) => bucket);
	return listBuckets(range, bucketOf(range)).map((bucket) => {
		const known = isCollected({ bucket, range, firstDay });
		const sum = (activity: string, detail: string) =>
			known ? sumActivity(byBucket.get(bucket) ?? [], activity, detail) : null;
		return {
			bucket,
			created_by_user: sum('registration', 'succeeded'),
			created_automatically: sum('automatic_registration', 'succeeded'),
			passkey: sum('authentication', 'succeeded'),
			password: sum('signin', 'password'),
			otp: sum('signin', 'otp'),
			magic_link: sum('signin', 'magic_link'),
			social: sum('signin', 'social'),
			other: sum('signin', 'other')
		};
	});
}

/** Sign-ins of the period by method, largest first; methods nobody used are left out. */
export function signinsByMethod(
	rows: readonly ActivityRow[]
): { method: string; signins: number }[] {
	return SIGNIN_METHODS.map((method) => ({
		method: method as string,
		signins:
			method === 'passkey'
				? sumActivity(rows, 'authentication', 'succeeded')
				: sumActivity(rows, 'signin', method)
	}))
		.filter(({ signins }) => signins > 0)
		.toSorted((a, b) => b.signins - a.signins);
}

/** Why sign-ins that began with a passkey ended with another method. */
export function fallbacksByReason(
	rows: readonly ActivityRow[]
): { reason: string; signins: number }[] {
	return ['no_passkey_here', 'ceremony_failed', 'user_choice']
		.map((reason) => ({ reason, signins: sumActivity(rows, 'fallback', reason) }))
		.filter(({ signins }) => signins > 0);
}
