const AWAY =
	'The database does not answer: the ClickHouse server of CLICKHOUSE_URL is stopped, or cannot be reached from here. Start it, then reload; what sites send meanwhile waits in the collector’s spool.';

/** What the database said no to, by ClickHouse's own error code, or why it said nothing, by the system's; and what to do about it. */
const REASONS: Record<string, string> = {
	ECONNREFUSED: AWAY,
	ECONNRESET: AWAY,
	EHOSTUNREACH: AWAY,
	ENOTFOUND: AWAY,
	ETIMEDOUT: AWAY,
	// TIMEOUT_EXCEEDED
	159: 'The database ended a question of this page because it took longer than a page may. Choose a shorter period or fewer days to compare with; whoever runs the database may raise max_execution_time of its reading user.',
	// QUOTA_EXCEEDED
	201: 'Pages have asked as much of the database as its quota allows. Wait a minute and reload; whoever runs the database may raise the quota of its reading user.',
	// TOO_MANY_SIMULTANEOUS_QUERIES
	202: 'The database has as many questions at once as it takes. Wait a moment and reload.',
	// MEMORY_LIMIT_EXCEEDED
	241: 'The database ended a question of this page because it needed more memory than a page may. Choose a shorter period; whoever runs the database may raise max_memory_usage of its reading user.',
	// ACCESS_DENIED
	497: 'The database does not let its reading user read this. CLICKHOUSE_READ_URL must name a user with SELECT on the Passlens database.',
	// AUTHENTICATION_FAILED
	516: 'The database does not know the user of CLICKHOUSE_READ_URL, or of CLICKHOUSE_URL where that is not set, or refuses its password.'
};

/** In words for whoever looks at the page; undefined for any other error. */
export function explainDatabaseError(error: unknown): string | undefined {
	// The server's client says `code`; the embedded engine has codes of its own and says the database's beside them.
	const { code, clickhouseCode } = Object(error) as { code?: unknown; clickhouseCode?: unknown };
	return REASONS[String(clickhouseCode ?? code)];
}
