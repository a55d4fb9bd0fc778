import { describe, expect, it } from 'vitest';
import { addRule, parsePolicy, tagsOf } from './policy.ts';
import { bringInLine, describeRule, describeWho } from './rule-words.ts';

const TEXT = `
version: 1
groups:
  staff: [role=admin, role=support]
rules:
  # The auditors ask for this one.
  - id: staff-bound
    title: Staff sign in with security keys
    who: [group:staff, team=ops]
    except: [role=trainee]
    kinds: [device_bound]
    models: { deny: [EE882879-721C-4913-9775-3DFCCE97072A] }
    minimum: 2
`;

const read = (text: string) => {
	const parsed = parsePolicy(text);
	if ('mistakes' in parsed) throw new Error(JSON.stringify(parsed.mistakes));
	return parsed.policy;
};

describe('A written policy', () => {
	it('reads alike as YAML and as JSON', () => {
		const policy = read(TEXT);
		expect(read(JSON.stringify(policy))).toEqual(policy);
		expect(policy.rules[0]).toMatchObject({
			models: { deny: ['ee882879-721c-4913-9775-3dfcce97072a'] },
			unknown: 'apart'
		});
	});

	it('finds the tags behind groups, each once', () => {
		expect(tagsOf(read(TEXT), ['group:staff', 'role=admin', 'team=ops'])).toEqual([
			'role=admin',
			'role=support',
			'team=ops'
		]);
	});

	it.each([
		['a line that is no YAML', 'version: 1\nrules: [', 'line', /./],
		['another version', 'version: 2\nrules: []', 'version', /1/],
		['a field of another name', TEXT.replace('minimum', 'minimun'), 'rules[0]', /minimun/],
		[
			'a kind there is not',
			TEXT.replace('[device_bound]', '[hardware]'),
			'rules[0].kinds[0]',
			/device_bound/
		],
		[
			'a group that is not defined',
			TEXT.replace('group:staff', 'group:stuff'),
			'rules[0].who',
			/group "stuff"/
		],
		['a tag without a value', TEXT.replace('team=ops', 'ops'), 'rules[0].who', /./],
		[
			'an AAGUID that is none',
			TEXT.replace('EE882879', 'EE88'),
			'rules[0].models.deny[0]',
			/AAGUID/
		],
		[
			'a rule that asks for nothing',
			'version: 1\nrules: [{id: a, title: A, who: everybody}]',
			'rules[0]',
			/must ask for/
		],
		[
			'two rules of one id',
			'version: 1\nrules: [{id: a, title: A, who: everybody, minimum: 1}, {id: a, title: B, who: everybody, minimum: 2}]',
			'rules[1].id',
			/another id/
		]
	])('is refused with the place and the mistake: %s', (_, text, where, message) => {
		const parsed = parsePolicy(text);
		const [mistake] = 'mistakes' in parsed ? parsed.mistakes : [];
		expect(mistake?.where).toContain(where);
		expect(mistake?.message).toMatch(message);
	});

	it('is refused when aliases make much of little', () => {
		const bomb = `a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]`;
		expect(parsePolicy(bomb)).toHaveProperty('mistakes');
	});
});

describe('A rule from the form', () => {
	const rule = { id: 'all-two', title: 'Two each', who: 'everybody' as const, minimum: 2 };

	it('is added to what was written, whose comments stay', () => {
		const text = addRule(TEXT, rule);
		expect(text).toContain('# The auditors ask for this one.');
		expect(read(text).rules.map(({ id }) => id)).toEqual(['staff-bound', 'all-two']);
	});

	it('takes the place of a rule of its id, and begins an empty policy', () => {
		const changed = read(addRule(addRule('', rule), { ...rule, minimum: 3 }));
		expect(changed.rules).toMatchObject([{ id: 'all-two', minimum: 3 }]);
	});
});

describe('A rule in words', () => {
	const [rule] = read(TEXT).rules;

	it('says whom it is about and what it asks', () => {
		expect(describeWho(rule!)).toBe('Users with group:staff or team=ops, except role=trainee');
		expect(describeRule(rule!)).toEqual([
			'Only device-bound credentials.',
			'None of 1 named model (AAGUID).',
			'At least 2 credentials of that kind.'
		]);
	});

	it.each([
		[
			{ reasons: ['kind' as const], missing: 1 },
			[/^Register 1 more device-bound credential\.$/, /^Revoke .* once that is done\.$/]
		],
		[{ reasons: ['kind' as const], missing: 0 }, [/enough remains/]],
		[{ reasons: [], missing: 2 }, [/^Register 2 more device-bound credentials\.$/]]
	])('says what brings a user in line: %o', (broken, expected) => {
		const steps = bringInLine(rule!, broken);
		expect(steps).toHaveLength(expected.length);
		for (const [index, pattern] of expected.entries()) expect(steps[index]).toMatch(pattern);
	});
});
