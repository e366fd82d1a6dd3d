import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Time for a page of the Web UI on a busy machine. */
const PATIENCE = { timeout: 60_000 };

/** Temporal's Web UI as a person uses it. Waits for what is shown, and never for time. */
export class WebUi {
  readonly #page: Page;
  readonly #address: string;

  constructor(page: Page, address: string) {
    page.setDefaultTimeout(PATIENCE.timeout);
    this.#page = page;
    this.#address = address;
  }

  /** The page of a run: its timeline. */
  async openRun(id: string): Promise<void> {
    await this.#page.goto(`${this.#address}/namespaces/default/workflows/${id}`);
    await this.#page.getByRole('heading', { name: id }).waitFor();
  }

  /** The tab with summary, details and current details, each of which is drawn in a frame of its own. */
  async openUserMetadata(): Promise<void> {
    await this.#page.getByRole('tab', { name: 'User Metadata' }).click();
  }

  /** Waits until the page shows the text, in whichever of its frames. */
  async shows(text: string | RegExp): Promise<void> {
    const wanted = typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text);
    await expect.poll(() => this.#text(), PATIENCE).toEqual(wanted);
  }

  /** Sends a signal without an argument by the form of the Web UI. */
  async sendSignal(name: string): Promise<void> {
    await this.#page.getByRole('button', { name: 'More Actions' }).click();
    await this.#page.getByRole('menuitem', { name: 'Send a Signal' }).click();
    const form = this.#page.getByRole('dialog', { name: 'Send a Signal' });
    // The form's own field only shows what is chosen; the button around it opens the list.
    await form.getByTestId('signal-select').locator('..').click();
    await form.getByRole('option', { name }).click();
    await form.getByRole('button', { name: 'Submit' }).click();
    await form.waitFor({ state: 'hidden' });
  }

  /** Opens a list of runs by the query of a saved view. */
  async openList(query: string): Promise<void> {
    await this.#page.goto(`${this.#address}${query}`);
  }

  /** Waits until the list shows exactly these runs, in any order. */
  async lists(...ids: readonly string[]): Promise<void> {
    const shown = async () => {
      const links = await this.#page.getByRole('link', { name: /^act_/ }).allInnerTexts();
      return [...new Set(links.map((text) => text.trim()))].sort();
    };
    // A list that is still being read shows no run either.
    await this.shows(new RegExp(`(^| )${ids.length} Workflows?( |$)`));
    await expect.poll(shown, PATIENCE).toEqual([...ids].sort());
  }

  async #text(): Promise<string> {
    const texts = await Promise.all(
      this.#page.frames().map(async (frame) => {
        try {
          // The timeline is a drawing, whose words are not part of the page's text.
          return [
            await frame.locator('body').innerText(),
            ...(await frame.locator('svg text').allTextContents()),
          ];
        } catch {
          // Frames are taken away while the page is drawn anew.
          return [];
        }
      }),
    );
    return texts.flat().join('\n').replaceAll(/\s+/g, ' ');
  }
}
