import type { Platform } from './platform.ts';

/**
 * How long this client really waits, in milliseconds, since browsers clamp what a page asks for:
 * Chromium on desktops 10 s to 10 min (default 10 min), on Android 10 to 600 s (default unknown),
 * Firefox 15 to 120 s (default 30 s), Safari at most 120 s (default 120 s).
 * Undefined when neither the request nor the client tells.
 */
export function effectiveTimeout({
	timeoutMs,
	platform: { engine, os_name }
}: {
	/** As the page asked; undefined when it did not. */
	timeoutMs: number | undefined;
	platform: Pick<Platform, 'engine' | 'os_name'>;
}): number | undefined {
	switch (engine) {
		case 'chromium':
			if (timeoutMs === undefined) return os_name === 'Android' ? undefined : 600_000;
			return clamp(timeoutMs, 10_000, 600_000);
		case 'gecko':
			return clamp(timeoutMs ?? 30_000, 15_000, 120_000);
		case 'webkit':
			return Math.min(timeoutMs ?? 120_000, 120_000);
		default:
			return timeoutMs;
	}
}

function clamp(value: number, low: number, high: number): number {
	return Math.min(Math.max(value, low), high);
}
