declare global {
	namespace App {
		interface Error {
			message: string;
			/** Finds the whole error in the terminal's output. */
			reference?: string;
		}
	}
}
export {};
