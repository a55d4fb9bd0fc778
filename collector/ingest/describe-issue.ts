import type { z } from 'zod';
import { cutText } from '../cut-text.ts';

type Issue = z.core.$ZodIssue;

/** A validator's issue as the answer shows it: the field's path, a stable code, and what would be right. No value is repeated. */
export function describeIssue(issue: Issue): { field: string; code: string; reason: string } {
	return {
		field: cutText(issue.path.map(String).join('.'), 200),
		code: issue.code,
		reason: cutText(reasonOf(issue), 500)
	};
}

function reasonOf(issue: Issue): string {
	switch (issue.code) {
		case 'invalid_type':
			return `must be ${article(issue.expected)}`;
		case 'invalid_value':
			return `must be one of: ${issue.values.map(String).join(', ')}`;
		case 'too_big':
			return `must be at most ${issue.maximum} ${unitOf(issue.origin)}`.trim();
		case 'too_small':
			return `must be at least ${issue.minimum} ${unitOf(issue.origin)}`.trim();
		case 'invalid_union':
			return 'must be one of the event types of the contract';
		case 'unrecognized_keys':
			return 'has fields that the contract does not know';
		case 'invalid_format':
			return FORMATS[issue.format] ?? issue.message;
		default:
			return issue.message;
	}
}

const FORMATS: Record<string, string> = {
	uuid: 'must be a UUID',
	uuidv7: 'must be a UUID of version 7'
};

function article(expected: string): string {
	if (expected === 'int') return 'a whole number';
	return `${/^[aeio]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

function unitOf(origin: string): string {
	if (origin === 'string') return 'characters';
	return origin === 'array' ? 'items' : '';
}
