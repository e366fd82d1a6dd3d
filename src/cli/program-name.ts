/** How this program is called from the project's folder; what it tells people to type next begins so. */
export const PROGRAM = 'npm run activate --';
