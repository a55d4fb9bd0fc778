import { env } from '$env/dynamic/private';

/** Where pages and servers send to, as they reach it. */
export const collectorUrl = (): string => env.PASSLENS_COLLECTOR_URL ?? 'http://localhost:7301';
