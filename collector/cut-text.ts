/**
 * The beginning of a text, at most `length` UTF-16 units. It never ends with half a surrogate pair: half of one cannot be
 * written as UTF-8, and a database that reads JSON refuses the row that holds it.
 */
export function cutText(text: string, length: number): string {
	return text.slice(0, length).toWellFormed();
}
