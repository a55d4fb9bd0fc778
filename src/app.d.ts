declare global {
	namespace App {
		interface Error {
			message: string;
			/** The message says what to do. */
			explained?: boolean;
		}
	}
}
export {};
