import type { Metadata } from 'next';
import type { ReactNode } from 'react';

export const metadata: Metadata = { title: 'Passkeys with Next.js' };

export default function Layout({ children }: { children: ReactNode }) {
	return (
		<html lang="en" style={{ colorScheme: 'light dark', font: '16px/1.5 system-ui, sans-serif' }}>
			<body style={{ maxWidth: '28rem', margin: '3rem auto', padding: '0 1rem' }}>{children}</body>
		</html>
	);
}
