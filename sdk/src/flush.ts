import { state } from './state.ts';

/** Sends what is queued now. Resolves when every queued event was tried once; also when the collector could not be reached. Never rejects. */
export const flush = async (): Promise<void> => state.drain?.();
