import { serve } from '$lib/server/api/serve.ts';

export const GET = serve('/tables');
