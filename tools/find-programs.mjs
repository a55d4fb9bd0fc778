import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What tests without a proxy say, and what to do about it. */
export const WITHOUT_PROXIES =
	'This machine lacks nginx or Caddy, so the tests behind them are left out. Debian: apt-get install nginx-light caddy.';

/** What tests without Prometheus say, and what to do about it. */
export const WITHOUT_PROMETHEUS =
	'This machine has no Prometheus, so the tests of its alerts are left out. Debian: apt-get install prometheus.';

/** What tests without the programs that read deploy/ say, and what to do about it. */
export const WITHOUT_DEPLOY_TOOLS =
	'This machine lacks kubectl or docker-compose, so what they make of deploy/ is not looked at. Debian: apt-get install kubernetes-client docker-compose.';

/**
 * A program of this machine, by its name. Debian keeps nginx where only root looks.
 * @param {'nginx' | 'caddy' | 'prometheus' | 'promtool' | 'kubectl' | 'docker-compose'} name
 * @returns {string | undefined} an absolute path
 */
export function findProgram(name, env = process.env) {
	const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
	return folders
		.map((folder) => join(folder, name))
		.find((path) => {
			try {
				accessSync(path, constants.X_OK);
				return true;
			} catch {
				return false;
			}
		});
}
