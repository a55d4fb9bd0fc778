/** @passlens/sdk in the browser: the table of contents. Each function lives in the file of its name. */
export { init, type InitOptions } from './init.ts';
export { identify } from './identify.ts';
export { prompt, type PromptOptions } from './prompt.ts';
export { flow, type FlowOptions, type FlowEnd } from './flow.ts';
export { consent, type Consent } from './consent.ts';
export { signIn, type SignInOptions } from './sign-in.ts';
export { ceremonyId } from './ceremony-id.ts';
export { flush } from './flush.ts';
export { onEvent, type EventListener } from './on-event.ts';
