import type { Locator, Page } from 'playwright-core';
import type { Fact } from '../../simulator/facts.ts';
import type { Period, Truth } from '../../simulator/truth.ts';
import type { Regression } from '../../simulator/world/regressions.ts';

/** The pages of the rollout in `product.test.ts`, and what truly happened in it. */
export interface RolloutStage {
	page: Page;
	facts: readonly Fact[];
	/** Of the whole rollout. */
	whole: Period;
	/** Of the period that `open` asks for by itself: the whole rollout. */
	truth: Truth;
	/** Opens a page of it over these days, its charts as tables where asked. */
	open(path: string, options?: { period?: Period; tables?: boolean }): Promise<void>;
	card(title: string): Locator;
	/** The page's title, and the sentence below it. */
	summary(): Promise<string>;
	/** Four weeks, the last of which ends the simulation. */
	lately: Period;
	/** What its last release broke. */
	planted: Regression;
	/** The pages' name for a credential. */
	hashOf(credentialRef: string): string;
}

export const grouped = (count: number) => count.toLocaleString('en');
export const count = (text: string | undefined) => Number((text ?? '').replaceAll(',', ''));
/** As a reader compares it: thin spaces are plain ones. */
export const plain = (text: string) => text.replace(/\s+/g, ' ').trim();
export const sum = (counts: readonly number[]) => counts.reduce((total, one) => total + one, 0);
