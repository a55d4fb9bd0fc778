/** In a page's address: nothing follows it. Whoever runs no script is sent there. */
export const WITHOUT_SCRIPT = 'whole';
