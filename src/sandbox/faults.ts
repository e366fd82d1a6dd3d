import type { Fault } from './fault.js';
import type { StateStore } from './state.js';

/**
 * The fault that this call meets, used up by one; undefined when it meets none. Faults are tried in the order in which
 * they were placed; one that still lets calls pass counts this call and leaves it to the next fault.
 *
 * @param advertiserId null at the start of a call, when its advertiser is not known yet: only faults for all
 *   advertisers; later only those that are limited to this one
 */
export function takeFault(
  store: StateStore,
  endpoint: string,
  advertiserId: string | null,
): Fault | undefined {
  const faults = store.current.faults;
  const placed = faults.filter(
    (fault) => (fault.endpoint === '*' || fault.endpoint === endpoint) && fault.advertiserId === advertiserId,
  );
  if (placed.length === 0) return undefined;
  const due = placed.find((fault) => {
    if (fault.after === 0) return true;
    fault.after -= 1;
    return false;
  });
  if (due !== undefined) {
    due.times -= 1;
    store.current.faults = faults.filter((fault) => fault.times > 0);
  }
  store.save();
  return due;
}
