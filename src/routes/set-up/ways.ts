/** Ways to send, in the order of the tabs. */
export const WAYS = ['script', 'npm', 'nextjs', 'sveltekit', 'http', 'otlp'] as const;
export type Way = (typeof WAYS)[number];

export const WAY_NAMES: Record<Way, string> = {
	script: 'Script tag',
	npm: 'npm',
	nextjs: 'Next.js',
	sveltekit: 'SvelteKit',
	http: 'App, by HTTP',
	otlp: 'App, by OTLP'
};

/** Whether a way is the SDK in a page, which can ask its visitor first. */
export const isPage = (way: Way): boolean => way !== 'http' && way !== 'otlp';
