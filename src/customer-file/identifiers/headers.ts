import { HEADER_SPELLINGS, OTHER_COLUMNS } from './header-spellings.js';
import { IDENTIFIERS, type Identifier } from './identifier.js';

export interface RecognisedHeader {
  readonly identifier: Identifier;
  /** The whole header is a known spelling; otherwise it merely holds a telling word. */
  readonly exact: boolean;
  /** The header tells of something about the identifier (a consent, a date, somebody else's), not of the value. */
  readonly aside: boolean;
}

/** More than single words: these stand in longer names, such as `Customer phone (private)`. */
const TELLING_WORDS: readonly { readonly identifier: Identifier; readonly word: RegExp }[] = [
  {
    identifier: 'email',
    word: /e ?mail|correo|courriel|e ?post\b|e ?posta\b|メール|邮箱|邮件|郵件|電郵|信箱|이메일|почта|пошта|อีเมล|ईमेल|بريد/,
  },
  { identifier: 'maid', word: /\b(?:maid|madid|idfa|gaid|aaid|advertising id|advertiser id|device id)\b/ },
  {
    identifier: 'phone',
    word: /phone|mobile|\btel\b|telefon|teléfono|téléphone|telefoon|handy|celular|cellulare|telemóvel|puhelin|電話|电话|手机|手機|전화|휴대폰|телефон|τηλέφωνο|โทรศัพท์|เบอร์โทร|फ़ोन|هاتف|טלפון/,
  },
];

const ASIDE =
  /\b(?:accepts?|accepted|opt ?(?:in|out)|opted|consent\w*|permission\w*|marketing|newsletter\w*|subscri\w*|status|state|verif\w*|valid\w*|confirm\w*|count|total|date|time|timestamp|at|on|domain|type|label|display name|sent|open\w*|click\w*|bounc\w*|source|owner|rep|agent|assistant|referr\w*|manager|sender|created by|company|shop|store|supplier|vendor|country|code|carrier|provider|preference\w*|language|template|subject|ext|extension|einwilligung|zustimmung|werbung|consentement|consentimiento|acepta|accepte|aceita|consenso|accetta|toestemming|zgoda|samtycke|samtykke|suostumus|izin|souhlas)\b|同意|許諾|订阅|訂閱|동의|согласие|подписка|згода|ยินยอม|موافقة/;

const MARKS = /\p{M}/gu;
/** Letters that Unicode does not take apart into a letter and a mark. */
const STROKED = /[ıđłøß]/g;
const UNSTROKED: ReadonlyMap<string, string> = new Map([
  ['ı', 'i'],
  ['đ', 'd'],
  ['ł', 'l'],
  ['ø', 'o'],
  ['ß', 'ss'],
]);
const NOT_WORD = /[^\p{L}\p{N}]+/gu;
const CAMEL = /(\p{Ll})(\p{Lu})/gu;
/** `Email 2`, `E-mail 1 - Value`: one of several columns of the same kind. */
const COPY_NUMBER = /(?<![0-9])[0-9](?![0-9])/;

const SPELLINGS: ReadonlyMap<Identifier, ReadonlySet<string>> = new Map(
  IDENTIFIERS.map((identifier) => [identifier, namesIn(HEADER_SPELLINGS[identifier])]),
);
const OTHERS = namesIn(OTHER_COLUMNS);

/** What the header text alone says about its column; null when it says nothing about an identifier. */
export function recogniseHeader(header: string): RecognisedHeader | null {
  const name = compact(header);
  for (const [identifier, spellings] of SPELLINGS) {
    if (spellings.has(name) || spellings.has(name.replace(COPY_NUMBER, ''))) {
      return { identifier, exact: true, aside: false };
    }
  }
  const words = spaced(header);
  const telling = TELLING_WORDS.find(({ word }) => word.test(words));
  return telling === undefined
    ? null
    : { identifier: telling.identifier, exact: false, aside: ASIDE.test(words) };
}

/** Whether the words of a header tell of consents, dates, states or other people's contacts rather than of the customer's. */
export function isAboutSomethingElse(header: string): boolean {
  return ASIDE.test(spaced(header));
}

/** Whether the text is a usual name of a column, of an identifier or of anything else that customer files hold. */
export function isUsualHeader(header: string): boolean {
  return recogniseHeader(header)?.exact === true || OTHERS.has(compact(header));
}

function namesIn(list: string): ReadonlySet<string> {
  return new Set(list.split(',').map(compact));
}

/** `E-Mail_Address` and `emailAddress` → `emailaddress`. */
function compact(header: string): string {
  const letters = header.normalize('NFKD').replace(MARKS, '').toLowerCase().replace(STROKED, unstroked);
  return letters.normalize('NFC').replace(NOT_WORD, '');
}

function unstroked(letter: string): string {
  return UNSTROKED.get(letter) ?? letter;
}

/** `PersonEmail__c` → `person email c`. */
export function spaced(header: string): string {
  return header.normalize('NFC').replace(CAMEL, '$1 $2').toLowerCase().replace(NOT_WORD, ' ').trim();
}
