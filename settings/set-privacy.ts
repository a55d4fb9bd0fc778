import { requireEditable } from './configuration/configured.ts';
import { privacyField } from './fields.ts';
import type { Settings } from './open-settings.ts';
import { writePrivacy, type Privacy } from './privacy.ts';
import { checkField, requireProject } from './projects.ts';

/** Says what a project keeps of what comes from now on, and what its pages ask first. @throws ProjectError */
export async function setPrivacy(
	settings: Settings,
	{ projectId, privacy }: { projectId: string; privacy: Privacy }
): Promise<void> {
	const { consentFirst: consent_first, ...kept } = privacy;
	checkField(privacyField, { ...kept, consent_first }, 'invalid_privacy');
	await requireProject(settings, projectId);
	await requireEditable(settings, { projectId, setting: 'privacy' });
	await settings.transaction().execute((change) => writePrivacy(change, { projectId, privacy }));
}
