/** Days, both included: `YYYY-MM-DD`, of UTC, and of rollups in the project's zone. */
export interface DayRange {
	from: string;
	to: string;
}

/** SQL: a day lies in the bound range `{from}` to `{to}`; always, when there is none. */
export function inRange(day: string, range: DayRange | undefined): string {
	return range ? `${day} BETWEEN {from: Date} AND {to: Date}` : 'true';
}
