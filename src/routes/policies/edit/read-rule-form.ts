import type { PolicyMistake } from '$lib/policy/policy.ts';

/** What was typed of a rule, by field, and what is wrong with it; no field: with all of it. */
export interface RefusedRule {
	typed: Record<string, string[]>;
	mistake: { field: string; message: string };
}

/** The form as it was typed, with the first of a rule's mistakes at the field that it was made in. */
export function refuseRule(form: FormData, [first]: PolicyMistake[]): RefusedRule {
	const names = [...new Set(form.keys())].filter((name) => name !== 'document');
	const [, inner = ''] = /^rules\[\d+\]\.?(.*)$/.exec(first!.where) ?? [];
	// `models.deny[2]` is of the field `deny`.
	const field = inner.replace(/^(models|certification)\./, '').replace(/\[\d+\]$/, '');
	return {
		typed: Object.fromEntries(names.map((name) => [name, form.getAll(name).map(String)])),
		mistake: { field, message: asSentence(first!.message) }
	};
}

const asSentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** The form's fields as a rule of the schema, which judges it; what was left empty is left out. */
export function readRuleForm(form: FormData): Record<string, unknown> {
	const text = (name: string) => String(form.get(name) ?? '').trim();
	const list = (name: string) =>
		text(name)
			.split(/[\s,]+/)
			.filter(Boolean);
	const number = (name: string) => (text(name) === '' ? undefined : Number(text(name)));
	const whom = list('who');
	const [allow, deny] = [list('allow'), list('deny')];
	const at_least = text('at_least');
	const weakness = form.has('no_known_weakness');
	const kinds = form.getAll('kinds').map(String);
	const rule = {
		id: text('id'),
		title: text('title'),
		why: text('why') || undefined,
		who: whom.length === 0 || whom[0] === 'everybody' ? 'everybody' : whom,
		except: orNothing(list('except')),
		kinds: orNothing(kinds),
		models:
			allow.length + deny.length > 0
				? { ...(allow.length > 0 && { allow }), ...(deny.length > 0 && { deny }) }
				: undefined,
		certification:
			at_least || weakness
				? { ...(at_least && { at_least }), ...(weakness && { no_known_weakness: true }) }
				: undefined,
		minimum: number('minimum'),
		maximum_age_days: number('maximum_age_days'),
		user_verified: form.has('user_verified') || undefined,
		unknown: form.has('unknown_breaks') ? 'breaks' : undefined
	};
	return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
}

const orNothing = <Item>(items: Item[]) => (items.length > 0 ? items : undefined);
