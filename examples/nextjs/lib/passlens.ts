import { trace } from '@opentelemetry/api';
import { createVerdictSender } from '@passlens/sdk/server';

export const passlens = createVerdictSender({
	endpoint: process.env.NEXT_PUBLIC_PASSLENS_ENDPOINT!,
	serverKey: process.env.PASSLENS_SERVER_KEY!,
	trace,
	onProblem: console.warn
});
