import type { ConsentColumn } from './inspection.js';

/** Words that say whether somebody agreed, in the names of columns (as `spaced` writes them). */
const CONSENT_NAME =
  /\b(?:accepts?|accepted|opt ?ins?|opt ?outs?|opted|consent\w*|permission\w*|subscri\w*|unsubscri\w*|marketing|newsletter\w*|gdpr|do not (?:e ?mail|contact|call)|einwilligung\w*|zustimmung\w*|werbung|werbeerlaubnis|consentement\w*|abonn\w*|consentimiento\w*|acepta\w*|suscri\w*|aceita\w*|consentimento\w*|consenso|accetta\w*|iscritt\w*|toestemming\w*|zgoda|zgody|samtycke|samtykke|suostumus|izin|onay|souhlas)\b|同意|許諾|許可|订阅|訂閱|購読|동의|수신|согласие|подписка|згода|ยินยอม|موافقة|הסכמה/;

/**
 * What consent columns hold. A closed list, so that no word of it can be somebody's data: a column with any other value
 * is not shown.
 */
const CONSENT_VALUES: ReadonlySet<string> = new Set(
  `yes,no,y,n,true,false,t,f,1,0,on,off,x,✓,✔,✗,✘,-,ja,nein,oui,non,si,sí,sim,não,nao,nee,tak,nie,ano,ne,da,nu,igen,nem,
  evet,hayır,hayir,kyllä,ei,nej,nei,はい,いいえ,是,否,예,아니요,아니오,да,нет,так,ні,ναι,όχι,ya,tidak,có,không,ใช่,ไม่ใช่,हाँ,नहीं,نعم,لا,כן,לא,
  wahr,falsch,vrai,faux,verdadero,falso,vero,prawda,fałsz,waar,onwaar,
  opt-in,opt in,optin,opted in,opted-in,opted_in,opt-out,opt out,optout,opted out,opted-out,opted_out,never opted in,
  single opt-in,double opt-in,single_opt_in,double_opt_in,confirmed_opt_in,confirmed opt-in,
  subscribed,unsubscribed,never subscribed,never_subscribed,not subscribed,not_subscribed,non-subscribed,nonsubscribed,
  resubscribed,cleaned,transactional,pending,confirmed,unconfirmed,active,inactive,suppressed,
  accepted,declined,rejected,granted,denied,given,not given,withdrawn,revoked,allowed,not allowed,consented,not consented,
  marketing contact,non-marketing contact,set as marketing contact,not set,unknown,unspecified,none,null,n/a,na,invalid,redacted`
    .split(',')
    .map((word) => word.trim()),
);

/** More different answers than that are no answer to a question. */
const MOST_VALUES = 12;

/**
 * The answers of a column that seems to say who agreed to be contacted, as a filter of an activation compares them, the
 * most frequent first; null for every other column. `name`: the header as words in lower case.
 */
export function consentColumn(name: string | null, cells: readonly string[]): ConsentColumn | null {
  if (name === null || !CONSENT_NAME.test(name)) return null;
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const value = cell.trim().toLowerCase();
    if (value === '') continue;
    if (!CONSENT_VALUES.has(value)) return null;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  if (counts.size === 0 || counts.size > MOST_VALUES) return null;
  const values = [...counts].map(([value, count]) => ({ value, rows: count }));
  return { values: values.sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1)) };
}
