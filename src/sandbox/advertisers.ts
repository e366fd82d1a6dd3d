/** An ad account that the sandbox knows from the start. */
export interface Advertiser {
  readonly advertiser_id: string;
  readonly name: string;
  /** IANA name; `dmp/custom_audience/get/` writes its times in it. */
  readonly timezone: string;
  readonly display_timezone: string;
  readonly country: string;
  readonly currency: string;
}

export const ADVERTISERS: readonly Advertiser[] = [
  {
    advertiser_id: '7000000000000000001',
    name: 'Sandbox Advertiser',
    timezone: 'Europe/Berlin',
    display_timezone: 'Europe/Berlin',
    country: 'DE',
    currency: 'EUR',
  },
  {
    advertiser_id: '7000000000000000002',
    name: 'Second Advertiser',
    timezone: 'America/New_York',
    display_timezone: 'America/New_York',
    country: 'US',
    currency: 'USD',
  },
];

/** The advertiser with this id, if the sandbox knows it. */
export function advertiserById(id: string): Advertiser | undefined {
  return ADVERTISERS.find((advertiser) => advertiser.advertiser_id === id);
}
