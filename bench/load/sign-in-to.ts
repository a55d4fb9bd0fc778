import { somebodyAt } from '../../tests/support/sign-in.ts';
import type { Served } from './start-serve.ts';

/** Cookies of the first administrator of data that nobody administers yet. */
export async function signInTo({ url, setUpLink }: Served): Promise<Map<string, string>> {
	const admin = somebodyAt(url);
	const { status } = await admin.welcome(setUpLink ?? '');
	if (status !== 200) throw new Error(`The sign-in was answered by ${status}.`);
	return admin.cookies();
}
