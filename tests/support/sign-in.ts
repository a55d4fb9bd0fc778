import {
	createSoftwareAuthenticator,
	type SoftwareCredential
} from '../../sdk/server/testing/software-authenticator.ts';

/** Somebody at a browser of their own, as far as the dashboard's server can tell: it keeps cookies and has a passkey. */
export interface Somebody {
	/** Asks the dashboard with the cookies so far and keeps what it sets. Redirects are answers. */
	fetch(path: string, init?: RequestInit): Promise<Response>;
	/** As a browser would send them. */
	cookies(): Map<string, string>;
	/** Follows a link of `/welcome/…` by making a passkey, and is signed in. */
	welcome(link: string, options?: { name?: string }): Promise<Answer>;
	/** Signs in once more, if they ever did. */
	signInAgain(): Promise<void>;
	/** Shows anew who they are, with the passkey made before. */
	confirm(changes?: SignInChanges): Promise<Answer>;
	/** Signs in with the passkey made before. */
	signIn(changes?: SignInChanges): Promise<Answer>;
}

export interface Answer {
	status: number;
	body: { code?: string; message?: string; name?: string };
}

type Authenticator = ReturnType<typeof createSoftwareAuthenticator>;
/** What the authenticator gets wrong. */
export type SignInChanges = Partial<Parameters<Authenticator['authenticate']>[0]>;

/** @param origin where the dashboard is opened */
export function somebodyAt(origin: string): Somebody {
	const { hostname } = new URL(origin);
	const authenticator = createSoftwareAuthenticator({ rpId: hostname, origin });
	const jar = new Map<string, string>();
	let made: { credential: SoftwareCredential; userHandle: string } | undefined;

	const somebody: Somebody = {
		cookies: () => jar,
		async fetch(path, init = {}) {
			const headers = new Headers(init.headers);
			// A command that a test waits for holds up everything: a connection that was kept would be closed meanwhile.
			headers.set('connection', 'close');
			if (jar.size > 0)
				headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
			const response = await fetch(new URL(path, origin), {
				redirect: 'manual',
				...init,
				headers
			});
			for (const line of response.headers.getSetCookie()) {
				const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
				if (value === '' || /max-age=0/i.test(line)) jar.delete(name!);
				else jar.set(name!, value!);
			}
			return response;
		},
		async welcome(link, { name = 'Ada Admin' } = {}) {
			const path = new URL(link, origin).pathname;
			const asked = await post(`${path}/options`, { name });
			if (asked.status !== 200) return asked;
			const { challenge, user } = asked.body as { challenge: string; user: { id: string } };
			const { credential, response } = authenticator.register({ challenge });
			const answer = await post(`${path}/verify`, { name, response });
			if (answer.status === 200) made = { credential, userHandle: user.id };
			return answer;
		},
		async signInAgain() {
			if (made) await somebody.signIn();
		},
		signIn: (changes) => answer('/sign-in', changes),
		confirm: (changes) => answer('/sign-in/anew', changes)
	};

	async function answer(path: string, changes: SignInChanges = {}): Promise<Answer> {
		const asked = await post(`${path}/options`, {});
		if (asked.status !== 200) return asked;
		const { challenge } = asked.body as { challenge: string };
		const response = authenticator.authenticate({ challenge, ...made!, ...changes });
		return post(`${path}/verify`, { response });
	}

	async function post(path: string, body: object): Promise<Answer> {
		const response = await somebody.fetch(path, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin },
			body: JSON.stringify(body)
		});
		return { status: response.status, body: (await response.json()) as Answer['body'] };
	}
	return somebody;
}
