import type { Confidence, FailureCause, FailureFacts } from './classify-failure.ts';

export interface FailureRule {
	/** Stable: it is kept with every cause it gave. */
	id: string;
	cause: FailureCause;
	confidence: Confidence | ((facts: FailureFacts) => Confidence);
	applies: (facts: FailureFacts) => boolean;
	/** What speaks for the cause, in words. */
	because: (facts: FailureFacts) => string[];
}

export const says = (...texts: string[]) => {
	return ({ message }: FailureFacts) => texts.some((text) => message.includes(text));
};
export const named = (...names: string[]) => {
	return ({ name }: FailureFacts) => names.includes(name);
};
export const coded = (code: string) => {
	return ({ error }: FailureFacts) => error.code === `ERROR_${code}`;
};
export const any = (...tests: FailureRule['applies'][]): FailureRule['applies'] => {
	return (facts) => tests.some((test) => test(facts));
};
export const all = (...tests: FailureRule['applies'][]): FailureRule['applies'] => {
	return (facts) => tests.every((test) => test(facts));
};
export const told = (text: string) => () => [text];
export const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
