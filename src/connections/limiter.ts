import { setTimeout as sleep } from 'node:timers/promises';
import {
  clearAdvertiserStrikes,
  findPause,
  type Pause,
  pauseAdvertiser,
  pauseApp,
} from '../database/call-pauses.js';
import { addStrike, type CallKey, clearStrikes, requestTurn, type Turn } from '../database/call-schedules.js';
import type { Database } from '../database/open-database.js';
import type { Admission, CallGate, LimitWait, NamedLimit } from '../tiktok/call-gate.js';
import {
  CALL_RATES,
  type CallRates,
  type LimitSettings,
  PAUSES,
  type PauseLengths,
} from './limiter-settings.js';

/** Turns are given away for this long ahead, and waited for where the call is made. */
const HORIZON_MS = 2_000;

/** A call that comes later than this after its turn would meet the calls of the turns behind it. */
const LATE_MS = 150;
/** On a machine that is always late, going late is better than never. */
const MOST_LATE_TURNS = 4;

export interface LimiterOptions {
  readonly db: Database;
  readonly appId: string;
  readonly rates: CallRates;
  readonly pauses?: Partial<PauseLengths>;
  /** How long a call waits here for its turn; what takes longer is told to the caller. */
  readonly patienceMs: number;
}

/**
 * The gate that all processes share: turns and pauses are rows in PostgreSQL, and its clock is the only one that counts.
 *
 * Calls to an endpoint go out one by one at even distances. After a refusal the whole app pauses, for longer with each
 * refusal in a row: 1, 2, 4 and 8 seconds in case it was the limit of a second, then 5 minutes for that of a minute,
 * then until 00:00 UTC for that of a day, unless TikTok names the limit. The throttle of an advertiser pauses that
 * advertiser alone.
 */
export function createLimiter(options: LimiterOptions): CallGate {
  const { db, appId, rates, patienceMs } = options;
  const pauses: PauseLengths = { ...PAUSES, ...options.pauses };
  const turnRates = {
    spacingMs: Math.max(1_000 / rates.perSecond, 60_000 / rates.perMinute),
    callsPerDay: rates.perDay,
    horizonMs: HORIZON_MS,
  };

  return {
    async admit({ endpoint, advertiserId }, signal) {
      const call: CallKey = { appId, endpoint, advertiserId: advertiserId ?? '' };
      const patientUntil = performance.now() + patienceMs;
      for (let lateTurns = 0; ; ) {
        const asked = performance.now();
        const turn = await requestTurn(db, call, turnRates);
        if (!turn.granted && performance.now() + turn.waitMs > patientUntil) {
          return { admitted: false, until: turn.at, waitMs: turn.waitMs };
        }
        if (turn.waitMs > 0) await waitFor(turn.waitMs, signal);
        if (!turn.granted) continue;
        // A pause that began during the wait holds for this call too.
        if (turn.waitMs > 0 && (await findPause(db, call)) !== null) continue;
        const late = performance.now() - asked - Math.max(0, turn.waitMs);
        if (late <= LATE_MS || lateTurns >= MOST_LATE_TURNS) return admission(db, call, turn, pauses);
        lateTurns += 1;
      }
    },
  };
}

/** Throws the signal's reason, as the timer by itself does not. */
async function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** The gate as an operator has set it. */
export function createConfiguredLimiter(
  options: Pick<LimiterOptions, 'db' | 'appId' | 'patienceMs'> & { readonly limits: LimitSettings },
): CallGate {
  const { db, appId, patienceMs, limits } = options;
  const pauses = { minute: limits.minutePause, day: limits.dayPause };
  return createLimiter({ db, appId, patienceMs, rates: CALL_RATES[limits.level], pauses });
}

function admission(db: Database, call: CallKey, turn: Turn, pauses: PauseLengths): Admission {
  const { incident, advertiserIncident } = turn;
  return {
    admitted: true,
    async passed() {
      try {
        if (turn.strikes > 0) await clearStrikes(db, call, incident);
        if (turn.advertiserStrikes > 0) await clearAdvertiserStrikes(db, call, advertiserIncident);
      } catch {
        // Only the next pause will be longer than it needs to be.
      }
    },
    async limited(by, named) {
      const pause =
        by === 'advertiser' && call.advertiserId !== ''
          ? await pauseAdvertiser(db, call, advertiserIncident, pauses.advertiser)
          : await pauseWholeApp(db, call, incident, named, pauses);
      return pause ?? (await findPause(db, call)) ?? noLonger();
    },
  };
}

async function pauseWholeApp(
  db: Database,
  call: CallKey,
  incident: number,
  named: NamedLimit,
  pauses: PauseLengths,
): Promise<Pause | null> {
  const strikes = await addStrike(db, call, incident);
  return strikes === null ? null : pauseApp(db, call.appId, lengthOf(strikes, named, pauses));
}

function lengthOf(strikes: number, named: NamedLimit, { second, minute, day }: PauseLengths) {
  // After the longest pause it begins anew.
  const rung = (strikes - 1) % (second.length + 2);
  switch (named) {
    case 'second':
      return second[Math.min(strikes, second.length) - 1] ?? minute;
    case 'minute':
      return minute;
    case 'day':
      return day;
    case null:
      return second[rung] ?? (rung === second.length ? minute : day);
  }
}

/** The pause that another call reported is over already. */
function noLonger(): LimitWait {
  return { until: new Date(), waitMs: 0 };
}
