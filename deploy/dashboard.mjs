// The dashboard as a process of its own: SvelteKit's server, whose every answer has the headers that the one-process form gives.
import { server } from '../build/index.js';
import { giveAnswerHeaders } from '../src/lib/server/answer-headers.ts';

server.server.prependListener('request', (request, response) =>
	giveAnswerHeaders(response, { origin: process.env.ORIGIN ?? '' })
);
