import { Refusal } from './refusal.js';
import type { RateCounter, StateStore } from './state.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

function newCounter(): RateCounter {
  return { second: 0, inSecond: 0, minute: 0, inMinute: 0, day: 0, inDay: 0, blockedUntil: 0 };
}

function counterOf(store: StateStore, key: string): RateCounter {
  const counters = store.current.rateCounters;
  const counter = counters[key] ?? newCounter();
  counters[key] = counter;
  return counter;
}

/** Counts one more call in the windows of this moment. */
function count(counter: RateCounter, now: number): void {
  const second = Math.floor(now / SECOND_MS);
  const minute = Math.floor(now / MINUTE_MS);
  const day = Math.floor(now / DAY_MS);
  counter.inSecond = counter.second === second ? counter.inSecond + 1 : 1;
  counter.inMinute = counter.minute === minute ? counter.inMinute + 1 : 1;
  counter.inDay = counter.day === day ? counter.inDay + 1 : 1;
  Object.assign(counter, { second, minute, day });
}

/** "Too many requests" does not say which limit was hit. */
const tooMany = () => new Refusal(40100, 'Too many requests. Please retry in some time.');

/**
 * Counts a call of the app against TikTok's limits, which hold for each endpoint. A second's limit is over with the
 * second; a breach of the minute's blocks the endpoint for five minutes; of the day's, until 00:00 UTC.
 *
 * @throws Refusal 40100
 */
export function checkAppRate(store: StateStore, endpoint: string, now: number): void {
  const limits = store.current.settings.rateLimits;
  if (limits === null) return;
  const counter = counterOf(store, endpoint);
  if (now < counter.blockedUntil) throw tooMany();
  count(counter, now);
  try {
    if (counter.inDay > limits.qpd) {
      counter.blockedUntil = (counter.day + 1) * DAY_MS;
      throw tooMany();
    }
    if (counter.inMinute > limits.qpm) {
      counter.blockedUntil = now + limits.qpmPenaltySeconds * SECOND_MS;
      throw tooMany();
    }
    if (counter.inSecond > limits.qps) throw new Refusal(40100, `App reaches the QPS limit ${limits.qps}`);
  } finally {
    store.save();
  }
}

/**
 * Counts a call against the throttle of one advertiser.
 *
 * @throws Refusal 40133
 */
export function checkAdvertiserRate(
  store: StateStore,
  endpoint: string,
  advertiserId: string,
  now: number,
): void {
  const limit = store.current.settings.rateLimits?.advertiserQps ?? null;
  if (limit === null) return;
  const counter = counterOf(store, `${advertiserId} ${endpoint}`);
  count(counter, now);
  store.save();
  if (counter.inSecond > limit) {
    throw new Refusal(
      40133,
      `Advertiser (${advertiserId})'s QPS (${counter.inSecond}) reaches QPS limit ${limit} for current path, request is temporarily restricted.`,
    );
  }
}
