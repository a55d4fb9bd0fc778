/** @passlens/sdk in the browser: the table of contents. Each function lives in the file of its name. */
export { init, type InitOptions } from './init.ts';
export { identify } from './identify.ts';
export { consent, type Consent } from './consent.ts';
export { ceremonyId } from './ceremony-id.ts';
export { flush } from './flush.ts';
