/** The contract, in one place to import from. */
export * from './vocabulary.ts';
export { LIMITS } from './limits.ts';
export * from './event.ts';
export * from './batch.ts';
