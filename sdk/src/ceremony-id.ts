import { state } from './state.ts';

/**
 * Id of the ceremony that started or succeeded last: send it along with the WebAuthn response, so that the server's verdict
 * joins what the page saw. A conditional request that succeeds late counts as the last one. `undefined` before the first call.
 */
export const ceremonyId = (): string | undefined => state.ceremonyId;
