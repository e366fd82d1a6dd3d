import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A browser without a window that talks to nobody but the pages it is sent to. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(process.env),
    // Chromium's own sandbox refuses to run as root, as tests in containers do.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // The shared memory of a container is too small for Chromium.
      '--disable-dev-shm-usage',
      '--disable-gpu',
    ],
  });
}

/**
 * Chromium or Chrome: CHROMIUM_PATH, else on the PATH, else where macOS has applications.
 * @throws {Error} with what to install
 */
export function findChromium(
  environment: NodeJS.ProcessEnv,
  applications: readonly string[] = APPLICATIONS,
): string {
  const given = environment['CHROMIUM_PATH'] ?? '';
  if (given !== '') {
    if (isExecutable(given)) return given;
    throw new Error(`CHROMIUM_PATH is ${given}, which is no program that can be run.`);
  }
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [...onPath, ...applications].find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    'The tests of the Temporal Web UI need Chromium, and there is none. Install it (Debian, Ubuntu: "apt-get install chromium"; ' +
      'macOS: "brew install --cask chromium"), or set CHROMIUM_PATH to a Chromium or Chrome.',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
