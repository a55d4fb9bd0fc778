import { metrics, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';

/** The dashboard's own measurements: without an SDK they cost next to nothing and go nowhere. No address, text or value is in them. */
export const SERVICE_NAME = 'passlens-dashboard';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function createInstruments() {
	const meter = metrics.getMeter(SERVICE_NAME);
	const time = { unit: 's', advice: { explicitBucketBoundaries: SECONDS } };
	return {
		tracer: trace.getTracer(SERVICE_NAME),
		requests: meter.createCounter('passlens.dashboard.requests', {
			description: 'Requests for pages and of programs, by route and status'
		}),
		requestTime: meter.createHistogram('passlens.dashboard.request_duration', {
			...time,
			description: 'Until a page or answer was made, by route'
		}),
		queryTime: meter.createHistogram('passlens.dashboard.query_duration', {
			...time,
			description: 'Until the database had answered a question, by the question'
		}),
		queryFailures: meter.createCounter('passlens.dashboard.query_failures', {
			description: 'Questions that the database did not answer, by the question'
		})
	};
}

let made: ReturnType<typeof createInstruments> | undefined;

/** Made when first used: before an SDK was started they would stay deaf. */
const instruments = () => (made ??= createInstruments());

/** Counts a request and times it, in a span of its own that is named for its route. */
export async function observeRequest(
	{ method, route }: { method: string; route: string | null },
	answer: () => Promise<Response>
): Promise<Response> {
	const { requests, requestTime } = instruments();
	const attributes = { 'http.request.method': method, 'http.route': route ?? 'none' };
	return inSpan(`${method} ${route ?? 'none'}`, attributes, async (span) => {
		const started = performance.now();
		let status = 500;
		try {
			const response = await answer();
			status = response.status;
			return response;
		} finally {
			span.setAttribute('http.response.status_code', status);
			if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
			const labels = { method, route: route ?? 'none' };
			requests.add(1, { ...labels, status: String(status) });
			requestTime.record((performance.now() - started) / 1000, labels);
		}
	});
}

/** Times a question to the database, in a span within its request's. */
export async function observeQuery<Answer>(
	query: string,
	ask: () => Promise<Answer>
): Promise<Answer> {
	const { queryTime, queryFailures } = instruments();
	return inSpan(`query ${query}`, { 'db.system.name': 'clickhouse' }, async (span) => {
		const started = performance.now();
		try {
			return await ask();
		} catch (error) {
			// The message may tell what was asked for.
			span.setStatus({ code: SpanStatusCode.ERROR });
			queryFailures.add(1, { query });
			throw error;
		} finally {
			queryTime.record((performance.now() - started) / 1000, { query });
		}
	});
}

function inSpan<Result>(
	name: string,
	attributes: Attributes,
	work: (span: Span) => Promise<Result>
): Promise<Result> {
	return instruments().tracer.startActiveSpan(name, { attributes }, (span) =>
		work(span).finally(() => span.end())
	);
}
