import { init } from '@passlens/sdk';

// Next.js runs this file before the page's own code, so no ceremony is too early.
init({
	endpoint: process.env.NEXT_PUBLIC_PASSLENS_ENDPOINT!,
	projectKey: process.env.NEXT_PUBLIC_PASSLENS_KEY!
});
