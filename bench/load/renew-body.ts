const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const USER = /(?<="user_ref":")[\w-]{43}/g;
const TIME = /(?<=_unix_ms":)\d{13}/g;
const SENT = 'sent_unix_ms":';

/**
 * Makes one body again and again another: its UUIDs, user references and times are written over where they stand, the same ones
 * alike. What is sent over and over would be one row in the database. With a moment in the past its events happened then, and
 * their ids say so; it is sent now all the same.
 */
export function renewBody(body: Buffer): (happened?: number) => void {
	const text = body.toString('latin1');
	const names = new Map<string, number>();
	const places = [...text.matchAll(UUID), ...text.matchAll(USER)].map(({ 0: value, index }) => {
		if (!names.has(value)) names.set(value, names.size);
		return { at: index + value.length - DIGITS, number: names.get(value)! };
	});
	const ids = [...text.matchAll(UUID)].map(({ index }) => index);
	const times = [...text.matchAll(TIME)].map(({ index }) => ({
		at: index,
		sent: text.slice(0, index).endsWith(SENT)
	}));
	return (happened) => {
		const values = Array.from(names, () => (next++).toString(16).padStart(DIGITS, '0'));
		for (const { at, number } of places) body.write(values[number]!, at, 'latin1');
		const now = String(Date.now());
		const then = happened === undefined ? now : String(happened);
		for (const { at, sent } of times) body.write(sent ? now : then, at, 'latin1');
		if (happened === undefined) return;
		const hex = happened.toString(16).padStart(DIGITS, '0');
		const beginning = `${hex.slice(0, 8)}-${hex.slice(8)}`;
		for (const at of ids) body.write(beginning, at, 'latin1');
	};
}

const DIGITS = 12;
/** Of this process; where it begins tells one run's from the next. */
let next = (Date.now() % 2 ** 20) * 2 ** 27;
