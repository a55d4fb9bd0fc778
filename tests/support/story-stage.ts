import type { OpenWindow } from './open-window.ts';

/** The project whose last week changed, in `product.test.ts`. */
export interface StoryStage {
	url: string;
	/** A project with a change planted in its last week, and its keys. */
	changed: { id: string; ingestKey: string; serverKey: string };
	/** Any other project with data. */
	other: string;
	openWindow(options?: { colorScheme?: 'light' | 'dark' }): Promise<OpenWindow>;
}

/** A page of the changed project. */
export function addressOf({ url, changed }: StoryStage, path: string): string {
	const target = new URL(path, url);
	target.searchParams.set('project', changed.id);
	return target.href;
}

/** The UTC day so many days ago. */
export const dayAgo = (days: number) =>
	new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
