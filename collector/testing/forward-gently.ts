import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * Forwards a port to another on this machine, and ends every connection there in order, however it ended here.
 *
 * A server that needs no more of a query closes its connection to a shard with something unread, which resets it. A real server
 * takes that for what it is. One out of the library ends at once ("Terminate called for uncaught exception … Connection reset by
 * peer" in its log of 26.7): the error handler of its connections is installed by the program `clickhouse server` alone.
 */
export async function forwardGently(port: number): Promise<{ port: number; close(): void }> {
	const open = new Set<Socket>();
	const server = createServer((from) => {
		const to = connect({ port, host: '127.0.0.1', noDelay: true });
		from.setNoDelay(true);
		for (const socket of [from, to]) {
			open.add(socket);
			// What goes wrong with it is followed by its close.
			socket.on('error', () => undefined).on('close', () => open.delete(socket));
		}
		from.pipe(to);
		to.pipe(from);
		from.on('close', () => {
			to.unpipe(from);
			to.resume();
			to.end();
		});
		to.on('close', () => from.destroy());
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		close() {
			server.close();
			for (const socket of open) socket.destroy();
		}
	};
}
