import { z } from 'zod';
import { funnelParameters } from './funnel-parameters.ts';
import { listedUsers, listUsers } from './listed-users.ts';

/** What a list of the users at or behind a step takes beside what its funnel does. */
export const ofGap = {
	/** The last step they got to, from 1. */
	depth: z.number().int().min(1),
	/** Further is not too far. */
	reached: z.boolean(),
	limit: listedUsers.limit
};

export const gapParameters = funnelParameters.extend(ofGap);

export const isThere = (depth: string) =>
	`if({reached: Bool}, ${depth} >= {depth: UInt8}, ${depth} = {depth: UInt8})`;

/** Of attempts, those which nobody is named for cannot be listed; how many they are is told. */
export const ofAttempts = (from: string, at: string, condition = isThere('depth')) =>
	listUsers(
		`SELECT user_hash AS of_user, max(${at}) AS last_at, count() AS cases FROM ${from}
	WHERE ${condition} GROUP BY user_hash`,
		{ at: 'last_at', attempts: 'cases' }
	);
