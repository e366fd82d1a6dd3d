import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchChromium } from '../browser/chromium.js';
import type { ClientSetting, UploadingClient } from './uploading-client.js';

const TUS = fileURLToPath(new URL('../../node_modules/tus-js-client/dist/tus.min.js', import.meta.url));

/** Runs in the page, with the file that was picked there. */
const SEND = `
  const [file] = document.querySelector('input').files;
  window.sent = new Promise((resolve, reject) => {
    const upload = new tus.Upload(file, {
      endpoint: location.origin + '/v1/uploads',
      metadata: { filename: file.name },
      retryDelays: [0, ...Array(120).fill(250)],
      removeFingerprintOnSuccess: true,
      // A machine without a network is "offline" to Chromium, although it reaches itself.
      onShouldRetry: () => true,
      onAfterResponse(request, response) {
        // The library begins a new upload after any refused HEAD. That is right only if there is nothing to go on with.
        const status = response.getStatus();
        const gone = status === 404 || status === 410;
        if (request.getMethod() === 'HEAD' && status >= 400 && !gone) throw new Error('HEAD: ' + status);
      },
      onSuccess: () => resolve(),
      onError: reject,
    });
    upload.findPreviousUploads().then(([earlier]) => {
      if (earlier !== undefined) upload.resumeFromPreviousUpload(earlier);
      upload.start();
    });
  });
  // Not the value of the script, which Playwright would wait for.
  void window.sent.catch(() => undefined);
`;

/**
 * A page in Chromium, of the API's own address. It is killed by closing its tab, and goes on when the same file is picked
 * in a new one, by the note that tus's client keeps in the browser.
 */
export async function uploadingPage({ file, api }: ClientSetting): Promise<UploadingClient> {
  const browser = await launchChromium();
  // The API's pages let no script run but their own.
  const context = await browser.newContext({ bypassCSP: true });
  let opened: Page | undefined;
  const page = (): Page => {
    if (opened === undefined) throw new Error('the page was not opened');
    return opened;
  };
  return {
    async start() {
      opened = await context.newPage();
      await opened.goto(`${api}/healthz`);
      await opened.setContent('<input type="file">');
      await opened.addScriptTag({ path: TUS });
      await opened.setInputFiles('input', file);
      await opened.evaluate(SEND);
    },
    async kill() {
      await page().close();
    },
    async done() {
      await page().evaluate('window.sent');
    },
    async notesLeft() {
      return page().evaluate<string[]>('Object.keys(localStorage)');
    },
    async close() {
      await browser.close();
    },
  };
}
