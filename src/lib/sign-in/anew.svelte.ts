/** Whether somebody is being asked to show anew who they are, and what waits for it. */
let waiting = $state.raw<((confirmed: boolean) => void) | undefined>();

export const anew = {
	get asked() {
		return waiting !== undefined;
	},
	/** Asks with a dialog over the page, which stays as it is. @returns whether they did */
	ask(): Promise<boolean> {
		waiting?.(false);
		return new Promise((resolve) => {
			waiting = resolve;
		});
	},
	answer(confirmed: boolean) {
		const resolve = waiting;
		waiting = undefined;
		resolve?.(confirmed);
	}
};
