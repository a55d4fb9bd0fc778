/** @passlens/sdk/trace: a ceremony and the server's spans for it share one W3C trace. */
export { startTrace, type Trace, type TraceOptions } from './start-trace.ts';
