/** What a user's timeline is made of, in the order it is offered. */
export const TIMELINE_KINDS = ['signin', 'ceremony', 'prompt', 'credential'] as const;

export type TimelineKind = (typeof TIMELINE_KINDS)[number];
