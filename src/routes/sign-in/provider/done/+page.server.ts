import { refusalWords } from '$lib/sign-in/provider-refusals.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => ({
	refused: refusalWords(url.searchParams.get('refused'))
});
