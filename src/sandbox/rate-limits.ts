import { BASIC_LIMITS, type RateLimits } from './rate-limit-levels.js';
import { Refusal } from './refusal.js';
import type { StateStore } from './state.js';
import type { RateCounter, RateViolation } from './state-schema.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

function newCounter(endpoint: string, advertiserId: string | null): RateCounter {
  return {
    endpoint,
    advertiserId,
    second: 0,
    inSecond: 0,
    minute: 0,
    inMinute: 0,
    day: 0,
    inDay: 0,
    mostInSecond: 0,
    mostInMinute: 0,
    blockedUntil: 0,
  };
}

function counterOf(store: StateStore, endpoint: string, advertiserId: string | null): RateCounter {
  const counters = store.current.rateCounters;
  const key = advertiserId === null ? endpoint : `${advertiserId} ${endpoint}`;
  const counter = counters[key] ?? newCounter(endpoint, advertiserId);
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
  counter.mostInSecond = Math.max(counter.mostInSecond, counter.inSecond);
  counter.mostInMinute = Math.max(counter.mostInMinute, counter.inMinute);
  Object.assign(counter, { second, minute, day });
}

function violate(store: StateStore, counter: RateCounter, limit: RateViolation['limit'], now: number): void {
  const { endpoint, advertiserId } = counter;
  const violations = store.current.rateViolations;
  const same = violations.find(
    (each) => each.endpoint === endpoint && each.advertiserId === advertiserId && each.limit === limit,
  );
  if (same === undefined) violations.push({ endpoint, advertiserId, limit, count: 1, lastAt: now });
  else Object.assign(same, { count: same.count + 1, lastAt: now });
}

/** "Too many requests" does not say which limit was hit. */
const tooMany = () => new Refusal(40100, 'Too many requests. Please retry in some time.');

function endOfPenalty(limits: RateLimits, limit: 'qpm' | 'qpd', now: number): number {
  if (limit === 'qpm') return now + limits.qpmPenaltySeconds * SECOND_MS;
  if (limits.qpdPenaltySeconds !== null) return now + limits.qpdPenaltySeconds * SECOND_MS;
  return (Math.floor(now / DAY_MS) + 1) * DAY_MS;
}

function breachedLimit(counter: RateCounter, limits: RateLimits): 'qps' | 'qpm' | 'qpd' | null {
  if (counter.inDay > limits.qpd) return 'qpd';
  if (counter.inMinute > limits.qpm) return 'qpm';
  return counter.inSecond > limits.qps ? 'qps' : null;
}

/**
 * Counts a call of the app against TikTok's limits, which hold for each endpoint. A second's limit is over with the
 * second; a breach of the minute's blocks the endpoint for five minutes; of the day's, until 00:00 UTC. Limits that are
 * not enforced are counted all the same, against the Basic level, and never block.
 *
 * @throws Refusal 40100
 */
export function checkAppRate(store: StateStore, endpoint: string, now: number): void {
  const enforced = store.current.settings.rateLimits;
  const limits = enforced ?? BASIC_LIMITS;
  const counter = counterOf(store, endpoint, null);
  if (now < counter.blockedUntil) {
    violate(store, counter, 'blocked', now);
    store.save();
    throw tooMany();
  }
  count(counter, now);
  const breached = breachedLimit(counter, limits);
  if (breached !== null) violate(store, counter, breached, now);
  if (enforced === null) return;
  if (breached === 'qpm' || breached === 'qpd') counter.blockedUntil = endOfPenalty(limits, breached, now);
  store.save();
  if (breached === 'qps') throw new Refusal(40100, `App reaches the QPS limit ${limits.qps}`);
  if (breached !== null) throw tooMany();
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
  const counter = counterOf(store, endpoint, advertiserId);
  count(counter, now);
  const breached = counter.inSecond > limit;
  if (breached) violate(store, counter, 'advertiserQps', now);
  store.save();
  if (breached) {
    throw new Refusal(
      40133,
      `Advertiser (${advertiserId})'s QPS (${counter.inSecond}) reaches QPS limit ${limit} for current path, request is temporarily restricted.`,
    );
  }
}

/** Blocks an endpoint as a breach of this limit would, without one. Says until when. */
export function blockEndpoint(
  store: StateStore,
  endpoint: string,
  limit: 'qpm' | 'qpd',
  now: number,
): number {
  const counter = counterOf(store, endpoint, null);
  counter.blockedUntil = endOfPenalty(store.current.settings.rateLimits ?? BASIC_LIMITS, limit, now);
  store.save();
  return counter.blockedUntil;
}

/** Forgets counts, violations and blocks. */
export function clearRates(store: StateStore): void {
  store.current.rateCounters = {};
  store.current.rateViolations = [];
  store.save();
}

/**
 * What `GET /_sandbox/limits` shows. `violations` counts the calls that broke a limit, enforced or not; `blockedCalls`
 * those that came while their endpoint was blocked for an earlier one.
 */
export function ratesInside(store: StateStore, now: number) {
  const { settings, rateCounters, rateViolations } = store.current;
  const total = (blocked: boolean) =>
    rateViolations
      .filter((violation) => (violation.limit === 'blocked') === blocked)
      .reduce((sum, violation) => sum + violation.count, 0);
  return {
    enforced: settings.rateLimits !== null,
    limits: settings.rateLimits ?? BASIC_LIMITS,
    violations: total(false),
    blockedCalls: total(true),
    details: rateViolations.map(({ lastAt, ...violation }) => ({
      ...violation,
      lastAt: new Date(lastAt).toISOString(),
    })),
    endpoints: Object.values(rateCounters).map((counter) => ({
      endpoint: counter.endpoint,
      advertiserId: counter.advertiserId,
      today: counter.day === Math.floor(now / DAY_MS) ? counter.inDay : 0,
      mostInSecond: counter.mostInSecond,
      mostInMinute: counter.mostInMinute,
      blockedUntil: now < counter.blockedUntil ? new Date(counter.blockedUntil).toISOString() : null,
    })),
  };
}
