import { uploadingCommandLine } from './uploading-command-line.js';
import { uploadingPage } from './uploading-page.js';

/** What people send files with. */
export const SENDERS = [
  ['the command line', uploadingCommandLine],
  ['a browser', uploadingPage],
] as const;
