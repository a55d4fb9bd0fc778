/** The collector cannot start as it was asked to; the message says what to change. */
export class CollectorError extends Error {
	readonly code: 'port_in_use' | 'listen_failed' | 'invalid_environment';
	constructor(code: CollectorError['code'], message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}
