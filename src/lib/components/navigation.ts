import ArrowUp from '@lucide/svelte/icons/circle-arrow-up';
import Bell from '@lucide/svelte/icons/bell';
import BookOpen from '@lucide/svelte/icons/book-open';
import BookText from '@lucide/svelte/icons/book-text';
import FileClock from '@lucide/svelte/icons/file-clock';
import Cable from '@lucide/svelte/icons/cable';
import FileCheck from '@lucide/svelte/icons/file-check';
import Fingerprint from '@lucide/svelte/icons/fingerprint-pattern';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import Inbox from '@lucide/svelte/icons/inbox';
import Key from '@lucide/svelte/icons/key';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import History from '@lucide/svelte/icons/history';
import KeyRound from '@lucide/svelte/icons/key-round';
import ListChecks from '@lucide/svelte/icons/list-checks';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import RadioTower from '@lucide/svelte/icons/radio-tower';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import Settings from '@lucide/svelte/icons/settings-2';
import Smartphone from '@lucide/svelte/icons/smartphone';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import TrendingUp from '@lucide/svelte/icons/trending-up';
import UserSearch from '@lucide/svelte/icons/user-search';
import UsersRound from '@lucide/svelte/icons/users-round';
import type { Component } from 'svelte';

export interface NavigationItem {
	href: string;
	label: string;
	icon: Component<{ class?: string }>;
	/** It shows the chosen project's data, which the filters of the top row narrow. */
	filtered: boolean;
	/** It shows the chosen project's data, which no filter narrows. */
	ofProject?: true;
	/** Further views of it, under the same filters. */
	views?: string[];
	/** The pages below it (`/failures/<id>`) are narrowed by the filters as well. */
	filteredBelow?: true;
	/** It has something to say before the project has sent anything. */
	withoutData?: true;
}

/** Every page once, in groups named for who reads them. Menu and filter row read this list. */
export const NAVIGATION: { title: string; items: NavigationItem[] }[] = [
	{
		title: 'Product',
		items: [
			{ href: '/', label: 'Overview', icon: LayoutDashboard, filtered: true },
			{ href: '/next-steps', label: 'Next steps', icon: ListChecks, filtered: true },
			{
				href: '/adoption',
				label: 'Adoption',
				icon: TrendingUp,
				filtered: true,
				views: ['/adoption/prompts', '/adoption/sign-ins', '/adoption/cohorts']
			},
			{ href: '/sync-coverage', label: 'Sync coverage', icon: RefreshCw, filtered: true },
			{
				href: '/upgrades',
				label: 'Upgrades',
				icon: ArrowUp,
				filtered: true,
				views: ['/upgrades/breakdown']
			},
			{
				href: '/cross-device',
				label: 'Cross-device',
				icon: Smartphone,
				filtered: true,
				views: ['/cross-device/breakdown']
			}
		]
	},
	{
		title: 'Engineering',
		items: [
			{
				href: '/failures',
				label: 'Failures',
				icon: TriangleAlert,
				filtered: true,
				filteredBelow: true
			},
			{
				href: '/ceremonies',
				label: 'Ceremonies',
				icon: Fingerprint,
				filtered: true,
				views: ['/ceremonies/different']
			},
			{ href: '/users', label: 'Users', icon: UserSearch, filtered: false, ofProject: true },
			{
				href: '/health-checks',
				label: 'Set-up health',
				icon: HeartPulse,
				filtered: false,
				ofProject: true
			},
			{ href: '/alerts', label: 'Alerts', icon: Bell, filtered: false, ofProject: true }
		]
	},
	{
		title: 'Security',
		items: [
			{ href: '/credentials', label: 'Credentials', icon: KeyRound, filtered: true },
			{ href: '/ledger', label: 'Ledger', icon: History, filtered: true },
			{ href: '/risk', label: 'Risk', icon: ShieldAlert, filtered: true },
			{
				href: '/policies',
				label: 'Policies',
				icon: ScrollText,
				filtered: false,
				ofProject: true
			},
			{
				href: '/evidence',
				label: 'Evidence',
				icon: FileCheck,
				filtered: false,
				ofProject: true
			},
			{ href: '/audit-log', label: 'Audit log', icon: FileClock, filtered: false },
			{ href: '/streams', label: 'Event streams', icon: RadioTower, filtered: false }
		]
	},
	{
		title: 'Settings',
		items: [
			{ href: '/set-up', label: 'Set up', icon: Cable, filtered: false },
			{ href: '/settings', label: 'Project settings', icon: Settings, filtered: false },
			{ href: '/collector', label: 'Collector', icon: Inbox, filtered: false },
			{ href: '/people', label: 'People', icon: UsersRound, filtered: false },
			{ href: '/api-keys', label: 'API keys', icon: Key, filtered: false }
		]
	},
	{
		title: 'Docs',
		items: [
			{ href: '/docs', label: 'Documentation', icon: BookText, filtered: false },
			{ href: '/playground', label: 'Playground', icon: FlaskConical, filtered: false },
			{
				href: '/definitions',
				label: 'Definitions',
				icon: BookOpen,
				filtered: true,
				withoutData: true
			}
		]
	}
];

/** The menu's item for a path: its own page, or the page it lies under (`/ceremonies/<id>`). */
export function findNavigationItem(pathname: string): NavigationItem | undefined {
	return NAVIGATION.flatMap(({ items }) => items).find(
		({ href }) => pathname === href || (href !== '/' && pathname.startsWith(`${href}/`))
	);
}

/** Whether the filters of the top row narrow a page: those listed do, and a page under one of them (a single ceremony) mostly not. */
export function isFiltered(pathname: string): boolean {
	const item = findNavigationItem(pathname);
	return (
		item?.filtered === true &&
		(pathname === item.href ||
			item.filteredBelow === true ||
			item.views?.includes(pathname) === true)
	);
}
