// Whether this container's role answers: exit code 0 or 1. Used by HEALTHCHECK and compose, where there is no curl.
const { COLLECTOR_PORT = '7301', PORT = '7300' } = process.env;
const dashboard = process.argv[2] === 'dashboard';
const url = `http://127.0.0.1:${dashboard ? PORT : COLLECTOR_PORT}/healthz`;
const answer = await fetch(url, { signal: AbortSignal.timeout(2_500) }).catch((error) => error);
if (!answer.ok) {
	process.stderr.write(`${url} ${answer.status ?? answer.cause?.code ?? answer.name}\n`);
	process.exitCode = 1;
}
