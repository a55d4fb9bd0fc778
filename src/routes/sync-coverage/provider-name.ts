/** What a passkey's provider is called beside others of the page; empty: none is known. */
export const providerName = (provider: string): string => provider || 'Unknown provider';
