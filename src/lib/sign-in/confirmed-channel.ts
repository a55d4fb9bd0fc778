/** Windows of the dashboard tell each other by it that somebody showed anew who they are: the one that the provider was asked in has no opener left. */
const CHANNEL = 'passlens-confirmed';

export function tellConfirmed(): void {
	const channel = new BroadcastChannel(CHANNEL);
	channel.postMessage('confirmed');
	channel.close();
}

/** @returns a function that listens no more */
export function onConfirmed(act: () => void): () => void {
	const channel = new BroadcastChannel(CHANNEL);
	channel.onmessage = act;
	return () => channel.close();
}
