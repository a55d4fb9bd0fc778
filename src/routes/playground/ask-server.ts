import type { AccountView } from '$lib/server/playground/account-view';
import type { ShownVerdict } from '$lib/server/playground/verdicts';

export type ServerAnswer<Value> =
	| ({ ok: true; account: AccountView | null; verdict?: ShownVerdict } & Value)
	| { ok: false; code: string; message: string; verdict?: ShownVerdict };

/** Posts to one of the playground's endpoints. What the server says no to, and a server that is away, are answers too. */
export async function askServer<Value = unknown>(
	path: string,
	body: object = {}
): Promise<ServerAnswer<Value>> {
	try {
		const response = await fetch(`/playground/api/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body)
		});
		return (await response.json()) as ServerAnswer<Value>;
	} catch {
		return {
			ok: false,
			code: 'server_unreachable',
			message: 'The playground’s server did not answer. Is Passlens still running?'
		};
	}
}
