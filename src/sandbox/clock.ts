import type { StateStore } from './state.js';

/** The sandbox's clock: real time plus what `POST /_sandbox/clock` advanced it by. Survives a restart. */
export class Clock {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#store.current.clockOffsetMs;
  }

  advance(seconds: number): void {
    this.#store.current.clockOffsetMs += seconds * 1000;
    this.#store.save();
  }
}
