const PAUSE_MS = 150;

/** Repeats an attempt until it no longer throws; after `timeoutMs` its last error is thrown. */
export async function until<Value>(
	attempt: () => Promise<Value>,
	{ timeoutMs = 30_000 }: { timeoutMs?: number } = {}
): Promise<Value> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (Date.now() > deadline) throw error;
			await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		}
	}
}
