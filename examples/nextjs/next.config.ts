import type { NextConfig } from 'next';
import { resolve } from 'node:path';

export default {
	// Here the SDK is TypeScript source beside this folder; from the registry it comes built, and these two lines go.
	transpilePackages: ['@passlens/sdk'],
	turbopack: { root: resolve('../..') },
	serverExternalPackages: ['@opentelemetry/sdk-node']
} satisfies NextConfig;
