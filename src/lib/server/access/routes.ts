import type { FreshRule } from '../../sign-in/wants-fresh.ts';
import type { Action } from './access.ts';

/** Whom a route is open to, and about what. */
export interface RouteRule {
	/**
	 * `project`: of the project that the address names by `?project=`, else of the first that one may see.
	 * `instance`: of everything, so only for whoever has the action on all projects.
	 * `playground`: of the project `playground`, which whoever sits at this machine may use without a sign-in.
	 * `any-project`: of no project in particular, for whoever has the action in any.
	 * `own`: of whoever asks, so for everybody who is signed in.
	 * `server-key`: for a project's own server key, which the endpoint asks for itself.
	 * `public`: for everybody.
	 */
	scope: 'project' | 'instance' | 'playground' | 'any-project' | 'own' | 'server-key' | 'public';
	/** What one must be allowed for GET and HEAD; without it, they are refused. Of `own`, `server-key` and `public` the scope alone decides. */
	read?: Action;
	/** What one must be allowed for all other methods; without it, they are refused. */
	change?: Action;
	/**
	 * Which changes want whoever is signed in to have shown who they are within `FRESH_MS`. Every line whose changes are of `administer` or
	 * `audit` says it, `false` where none is sensitive.
	 */
	fresh?: FreshRule | false;
}

const figures: RouteRule = { scope: 'project', read: 'view' };
/** Rows of single people's ceremonies and passkeys, by hash. */
const people: RouteRule = { scope: 'project', read: 'see-users' };
/** Who holds what against which policy. */
const audit: RouteRule = { scope: 'project', read: 'audit' };
const playground: RouteRule = { scope: 'playground', read: 'view', change: 'view' };

/** Whether what is asked by POST changes nothing: an assistant's question, one of the playground, or whom a reference names. */
export const isQuestion = (action: Action) => action === 'view' || action === 'follow-users';

/** Every route of the dashboard, by SvelteKit's id of it. What is not listed is refused: `routes.test.ts` finds what is missing. */
export const ROUTES: Readonly<Record<string, RouteRule>> = {
	'/': figures,
	'/account': {
		...{ scope: 'own', read: 'view', change: 'view' },
		fresh: { without: ['subscribe', 'endDigest', 'endSession', 'signOutEverywhere'] }
	},
	'/account/digest': { scope: 'own', read: 'view' },
	'/account/passkeys/options': { scope: 'own', change: 'view', fresh: true },
	'/account/passkeys/verify': { scope: 'own', change: 'view' },
	'/adoption': figures,
	'/adoption/cohorts': figures,
	'/adoption/prompts': figures,
	'/adoption/sign-ins': figures,
	'/alerts': { ...figures, change: 'analyse' },
	'/alerts/rule': { ...figures, change: 'analyse' },
	'/annotations': { ...figures, change: 'analyse' },
	'/api-keys': {
		...{ scope: 'project', read: 'administer', change: 'administer' },
		fresh: { without: ['revoke'] }
	},
	'/api/annotations': { scope: 'server-key', change: 'analyse' },
	'/api/mcp': { scope: 'project', read: 'view', change: 'view' },
	'/api/openapi.json': { scope: 'public', read: 'view' },
	'/api/v1/adoption': figures,
	'/api/v1/ceremonies': people,
	'/api/v1/ceremonies/[id]': people,
	'/api/v1/credentials': people,
	'/api/v1/credentials/[hash]': people,
	'/api/v1/definitions': figures,
	'/api/v1/failures': figures,
	'/api/v1/failures/[id]': figures,
	'/api/v1/funnels/[funnel]': figures,
	'/api/v1/kpis': figures,
	'/api/v1/kpis/[id]': figures,
	'/api/v1/metrics': figures,
	'/api/v1/projects': figures,
	'/api/v1/tables': figures,
	'/api/v1/tables/[name]': figures,
	'/api/v1/users/[user]': { scope: 'project', read: 'follow-users' },
	'/audit-log': { scope: 'instance', read: 'audit' },
	'/authenticators/[aaguid]/icon': { scope: 'any-project', read: 'view' },
	'/ceremonies': people,
	'/ceremonies/[id]': people,
	'/ceremonies/different': figures,
	'/collector': {
		...{ scope: 'instance', read: 'analyse', change: 'analyse' },
		fresh: {
			without: [
				...['reclassify', 'checkTable'],
				...['setLegacyVersions', 'setLegacyModel', 'removeLegacyModel']
			]
		}
	},
	'/collector/errors/[id]': { scope: 'instance', read: 'analyse', change: 'analyse' },
	'/credentials': people,
	'/credentials/[hash]': people,
	'/cross-device': figures,
	'/cross-device/breakdown': figures,
	'/definitions': figures,
	'/docs': { scope: 'public', read: 'view' },
	'/docs/[page]': { scope: 'public', read: 'view' },
	'/evidence': { ...audit, change: 'audit', fresh: true },
	'/evidence/download': { scope: 'project', change: 'audit', fresh: true },
	'/export/[query]': figures,
	'/failures': figures,
	'/failures/[id]': { ...figures, change: 'analyse' },
	'/health-checks': { ...figures, change: 'administer', fresh: false },
	'/healthz': { scope: 'public', read: 'view' },
	'/ledger': { ...people, change: 'audit', fresh: false },
	'/next-steps': figures,
	'/risk': figures,
	'/policies': audit,
	'/policies/[rule]': audit,
	'/policies/edit': { ...audit, change: 'audit', fresh: { without: ['rule', 'preview'] } },
	'/people': {
		...{ scope: 'instance', read: 'administer', change: 'administer' },
		fresh: { without: ['withdraw'] }
	},
	'/playground': playground,
	'/playground/api/account/delete': playground,
	'/playground/api/authentication/options': playground,
	'/playground/api/authentication/verify': playground,
	'/playground/api/credentials/remove': playground,
	'/playground/api/prompts': playground,
	'/playground/api/registration/options': playground,
	'/playground/api/registration/verify': playground,
	'/playground/api/sign-in': playground,
	'/playground/api/sign-out': playground,
	'/playground/api/sign-up': playground,
	'/readyz': { scope: 'public', read: 'view' },
	'/segments': { ...figures, change: 'analyse' },
	'/set-up': {
		...{ scope: 'project', read: 'administer', change: 'administer' },
		fresh: { without: ['checkSite', 'loadDemo', 'removeDemo'] }
	},
	'/set-up/live': { scope: 'project', read: 'administer' },
	'/set-up/new': { scope: 'instance', read: 'administer', change: 'administer', fresh: false },
	'/settings': {
		...{ scope: 'project', read: 'administer', change: 'administer' },
		fresh: { without: ['rename', 'setTags', 'setTraceUrl'] }
	},
	'/sign-in': { scope: 'public', read: 'view' },
	'/sign-in/anew': { scope: 'own', change: 'view' },
	'/sign-in/anew/options': { scope: 'own', change: 'view' },
	'/sign-in/anew/verify': { scope: 'own', change: 'view' },
	'/sign-in/options': { scope: 'public', change: 'view' },
	'/sign-in/provider': { scope: 'public', read: 'view' },
	'/sign-in/provider/callback': { scope: 'public', read: 'view' },
	'/sign-in/provider/done': { scope: 'own', read: 'view' },
	'/sign-in/verify': { scope: 'public', change: 'view' },
	'/sign-in/watched': { scope: 'public', read: 'view' },
	'/sign-out': { scope: 'public', change: 'view' },
	'/sign-out/provider': { scope: 'public', read: 'view' },
	'/streams': {
		scope: 'instance',
		read: 'audit',
		change: 'administer',
		fresh: { without: ['resume', 'test'] }
	},
	'/sync-coverage': figures,
	'/unsubscribe/[id]': { scope: 'public', read: 'view', change: 'view' },
	'/upgrades': figures,
	'/upgrades/breakdown': figures,
	'/users': { ...people, change: 'follow-users' },
	'/users/[user]': { scope: 'project', read: 'follow-users' },
	'/welcome/[token]': { scope: 'public', read: 'view' },
	'/welcome/[token]/options': { scope: 'public', change: 'view' },
	'/welcome/[token]/verify': { scope: 'public', change: 'view' }
};
