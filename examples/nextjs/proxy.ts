import { NextResponse, type NextRequest } from 'next/server';

/**
 * Passlens under the site's own address: with PASSLENS_COLLECTOR, the collector's address, the page may send to `/passlens`
 * (NEXT_PUBLIC_PASSLENS_ENDPOINT).
 *
 * Next.js hands `x-forwarded-for` on as it came. Where a proxy before it sets that header (nginx, Caddy, a platform's own), the
 * collector is started with COLLECTOR_TRUSTED_PROXIES=1 and this server's address in COLLECTOR_PROXY_ADDRESSES. Where nothing
 * does, leave both out: a client could write whatever it likes.
 */
export function proxy(request: NextRequest): NextResponse {
	const { pathname, search } = request.nextUrl;
	const collector = process.env.PASSLENS_COLLECTOR;
	if (!collector)
		return NextResponse.json({ error: 'PASSLENS_COLLECTOR is not set' }, { status: 503 });
	const headers = new Headers(request.headers);
	// Under the site's own address a browser sends the site's cookies too: they stay here.
	headers.delete('cookie');
	return NextResponse.rewrite(new URL(pathname.replace('/passlens', '') + search, collector), {
		request: { headers }
	});
}

/** What a page needs, and nothing else of the collector's. */
export const config = { matcher: ['/passlens/v1/events', '/passlens/passlens.js'] };
