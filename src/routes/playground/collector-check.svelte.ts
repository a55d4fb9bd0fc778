const EVERY_MS = 15_000;

/** Whether this browser reaches the collector: asked from the page, because the page is what sends. */
export class CollectorCheck {
	state = $state<'unknown' | 'reachable' | 'unreachable'>('unknown');

	/** Asks now and then while the page is open. Returns a function that ends it. */
	watch(endpoint: string): () => void {
		const ask = async () => {
			if (document.hidden) return;
			try {
				// Without CORS the answer stays unread, and that it came is all we ask.
				await fetch(`${endpoint}/healthz`, { mode: 'no-cors', cache: 'no-store' });
				this.state = 'reachable';
			} catch {
				this.state = 'unreachable';
			}
		};
		void ask();
		const timer = setInterval(() => void ask(), EVERY_MS);
		return () => clearInterval(timer);
	}
}
