import { notesOf } from '../charts/notes-of.ts';
import AnnotationsPopover from './annotations-popover.svelte';

/** What a chart over time takes to show what was noted, and to note more. Pages without such a chart should not fetch it. */
export const CHART_NOTES = { Popover: AnnotationsPopover, of: notesOf };

export type ChartNotes = typeof CHART_NOTES;
