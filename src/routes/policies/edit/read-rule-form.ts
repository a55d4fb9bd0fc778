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
