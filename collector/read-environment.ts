import { CollectorError } from './collector-error.ts';
import { parseAddresses, type Proxies, type RateLimits } from './limit-rate.ts';

/** What the environment says of a collector that is a process of its own. @throws CollectorError of a value that cannot be */
export function readEnvironment(): {
	host: string;
	port: number;
	rateLimits: RateLimits;
	commitWithinMs: number | undefined;
} {
	return {
		host: process.env.COLLECTOR_HOST || '127.0.0.1',
		port: readNumber('COLLECTOR_PORT', { least: 1, most: 65_535 }) ?? 7301,
		rateLimits: {
			perSecond: readNumber('COLLECTOR_REQUESTS_PER_SECOND', { least: 1, most: 1e6 }),
			clientPerSecond: readNumber('COLLECTOR_CLIENT_REQUESTS_PER_SECOND', {
				least: 0.1,
				most: 1e6
			}),
			proxies: readProxies()
		},
		commitWithinMs: readNumber('COLLECTOR_COMMIT_WITHIN_MS', { least: 0, most: 10_000 })
	};
}

/** A number somebody set; undefined when nobody did. A limit that was mistyped must not be no limit. */
function readNumber(name: string, { least, most }: { least: number; most: number }) {
	const text = process.env[name];
	if (!text) return undefined;
	const value = Number(text);
	if (value >= least && value <= most) return value;
	throw new CollectorError(
		'invalid_environment',
		`${name} must be a number from ${least} to ${most}, not "${text}".`
	);
}

function readProxies(): Proxies | undefined {
	const count = readNumber('COLLECTOR_TRUSTED_PROXIES', { least: 0, most: 10 });
	const text = process.env.COLLECTOR_PROXY_ADDRESSES;
	if (!text) return count ? { count } : undefined;
	if (!count)
		throw new CollectorError(
			'invalid_environment',
			'COLLECTOR_PROXY_ADDRESSES says where proxies are: say with COLLECTOR_TRUSTED_PROXIES how many stand one behind the other, such as 1.'
		);
	const addresses = parseAddresses(text);
	if (typeof addresses !== 'string') return { count, addresses };
	throw new CollectorError(
		'invalid_environment',
		`COLLECTOR_PROXY_ADDRESSES must be addresses or networks, separated by commas, such as 127.0.0.1,10.0.0.0/8. "${addresses}" is neither.`
	);
}
