import { SignIn } from './sign-in.tsx';

export default function Page() {
	return (
		<main>
			<h1>Passkeys with Next.js</h1>
			<SignIn />
		</main>
	);
}
