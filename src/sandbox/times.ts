/**
 * A time as the API writes it: `YYYY-MM-DD HH:MM:SS`, without its zone. `dmp/custom_audience/list/` writes UTC,
 * `…/get/` the advertiser's zone.
 */
export function apiTime(milliseconds: number, timeZone: string): string {
  // Swedish is written exactly in this form.
  return new Date(milliseconds).toLocaleString('sv-SE', { timeZone });
}

/** The same moment as the 14 digits `YYYYMMDDHHMMSS` in UTC+8, with which a `request_id` begins. */
export function requestIdTime(milliseconds: number): string {
  return apiTime(milliseconds, 'Etc/GMT-8').replace(/\D/g, '');
}
