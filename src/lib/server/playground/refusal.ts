import type { ShownVerdict } from './verdicts.ts';

/** An expected "no", in words for the visitor. It is returned, not thrown. */
export interface Refusal {
	ok: false;
	/** HTTP status that fits. */
	status: 400 | 401 | 403 | 404 | 409;
	/** Stable; tests and the page go by it. */
	code: string;
	message: string;
	/** When a response was refused: what Passlens was told. */
	verdict?: ShownVerdict;
}

export type Answer<Value extends object> = ({ ok: true } & Value) | Refusal;

export function refuse(status: Refusal['status'], code: string, message: string): Refusal {
	return { ok: false, status, code, message };
}
