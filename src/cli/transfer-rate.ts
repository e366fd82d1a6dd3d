/** Seconds of history that the rate looks back on: long enough to be calm, short enough to follow a change. */
const WINDOW_SECONDS = 5;

interface Sample {
  readonly seconds: number;
  readonly done: number;
}

export interface Rate {
  /** Units per second over the last seconds; null until two looks lie apart in time. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Speed and remaining time from what is done at each look. What was there at the first look counts as no work. */
export class TransferRate {
  readonly #samples: Sample[] = [];

  add(done: number, total: number, seconds: number): Rate {
    const newest = this.#samples.at(-1);
    // Fewer bytes than before: the server kept less than was on its way when the connection broke.
    if (newest !== undefined && done < newest.done) this.#samples.length = 0;
    this.#samples.push({ seconds, done });
    while (this.#samples.length > 2 && seconds - (this.#samples[1]?.seconds ?? seconds) >= WINDOW_SECONDS) {
      this.#samples.shift();
    }
    const oldest = this.#samples[0];
    if (oldest === undefined || seconds <= oldest.seconds) return { perSecond: null, secondsLeft: null };
    const perSecond = (done - oldest.done) / (seconds - oldest.seconds);
    return { perSecond, secondsLeft: perSecond > 0 ? (total - done) / perSecond : null };
  }
}
