import { drain } from './send.ts';

/** Sends what is queued now. Resolves when every queued event was tried once; also when the collector could not be reached. Never rejects. */
export const flush = (): Promise<void> => drain();
