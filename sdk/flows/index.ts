/** @passlens/sdk/flows: what the user does around a ceremony. Each function lives in the file of its name. */
export { flow, type FlowOptions, type FlowEnd } from './flow.ts';
export { prompt, type PromptOptions } from './prompt.ts';
export { signIn, type SignInOptions } from './sign-in.ts';
