import { json } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** It runs. */
export const GET: RequestHandler = () => json({ status: 'running' });
