/** How this program is called from the project's folder; what it tells people to type next begins so. */
export const PROGRAM = 'npm run activate --';

/** The same where its output goes on to a file or a program: npm writes lines of its own to it otherwise. */
export const PROGRAM_FOR_OUTPUT = 'npm run --silent activate --';
