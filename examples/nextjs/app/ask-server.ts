import type { Trace } from '@passlens/sdk/trace';

/** One step of the server's API; under a trace its span belongs to the ceremony. */
export async function askServer<Answer>(
	step: string,
	message: object = {},
	trace?: Trace
): Promise<Answer> {
	const response = await (trace?.fetch ?? fetch)(`/api/${step}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(message)
	});
	const answer = await response.json();
	if (!response.ok) throw new Error(answer.error);
	return answer;
}
