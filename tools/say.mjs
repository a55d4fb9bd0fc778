/**
 * One line for the person at the terminal, marked as ours among npm's and Vite's.
 * @param {string} line
 */
export function say(line) {
	process.stdout.write(`passlens  ${line}\n`);
}
