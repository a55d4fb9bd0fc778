import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/**
 * What axe finds, one line each: rule, and where. The size of targets, which axe looks at only when it is asked to, is among it. A page without frames is asked in itself: to put the findings of frames together, axe opens a
 * second page for each look. What passed, which is nearly everything, is not described.
 */
export async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page })
		.options({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
		.setLegacyMode(page.frames().length === 1)
		.analyze();
	return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}
