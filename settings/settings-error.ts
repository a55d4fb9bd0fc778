/** The settings cannot be used so; the message says what to do. */
export class SettingsError extends Error {
	readonly code: 'settings_not_empty' | 'settings_newer';
	constructor(code: SettingsError['code'], message: string) {
		super(message);
		this.code = code;
	}
}
