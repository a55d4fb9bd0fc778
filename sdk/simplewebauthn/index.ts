/** @passlens/sdk/simplewebauthn: the start functions of `@simplewebauthn/browser`, whose error codes reach the ceremony. */
export { startAuthentication, startRegistration } from './start.ts';
