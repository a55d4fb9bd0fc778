/** The classic script `passlens.js`, which has no imports to choose from: the SDK, and what the user does around a ceremony. */
export * from './src/index.ts';
export * from './flows/index.ts';
