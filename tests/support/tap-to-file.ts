/** Preloaded into a server under test (`node --import`): appends each telemetry request it gets to a file, one in base64 a line. */
import { appendFileSync } from 'node:fs';
import { tapTelemetry } from './telemetry-tap.ts';

const file = process.env.TELEMETRY_TAP!;
tapTelemetry((request) => appendFileSync(file, `${request.toString('base64')}\n`));
