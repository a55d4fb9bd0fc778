/** Tells how far something got: one moving line on a terminal, a line now and then elsewhere. */
export interface Progress {
	/** `done` of `total`, with a few words. */
	update(done: number, total: number, words: string): void;
	/** Ends the moving line. */
	end(): void;
}

const WIDTH = 28;
const PLAIN_STEPS = 6;

export function createProgress(stream: NodeJS.WriteStream = process.stdout): Progress {
	let step = -1;
	let open = false;
	return {
		update(done, total, words) {
			const share = total === 0 ? 1 : done / total;
			if (stream.isTTY) {
				const filled = Math.round(share * WIDTH);
				const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
				stream.write(
					`\r\u001b[2K  ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${words}`
				);
				open = true;
				return;
			}
			const reached = Math.floor(share * PLAIN_STEPS);
			if (reached > step) stream.write(`  ${Math.floor(share * 100)} %  ${words}\n`);
			step = Math.max(step, reached);
		},
		end() {
			if (open) stream.write('\n');
			open = false;
		}
	};
}
