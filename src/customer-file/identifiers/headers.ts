import type { Identifier } from './identifier.js';

export interface RecognisedHeader {
  readonly identifier: Identifier;
  /** The whole header is a known spelling; otherwise it merely holds a telling word. */
  readonly exact: boolean;
  /** The header tells of something about the identifier (a consent, a date, somebody else's), not of the value. */
  readonly aside: boolean;
}

/**
 * Known spellings, as `compact` writes them: TikTok's and MadConnect's templates, Meta's, Google's, Shopify's,
 * HubSpot's, Salesforce's, Klaviyo's, Mailchimp's, WooCommerce's and Stripe's exports, and the plain words of the
 * larger languages.
 */
const SPELLINGS: Readonly<Record<Identifier, ReadonlySet<string>>> = {
  email: new Set(
    `email emails mail mailaddress emailaddress emailaddresses emailid useremail customeremail contactemail primaryemail
    defaultemail personalemail workemail businessemail billingemail shippingemail secondaryemail otheremail homeemail
    emailhome emailwork emailpersonal emailprimary emailvalue emailplain emailraw
    emailhash hashedemail emailhashed hemail emailsha256 emailsha emailsha256hash sha256email emailaddresssha256
    emailmd5 emailsha1 emailidsha256 correo correoelectronico direccioncorreo direcciondecorreoelectronico courriel
    adressemail adresseemail adresseelectronique adressedemessagerie emailadresse mailadresse emailadres epost
    epostadress epostadresse indirizzoemail indirizzodipostaelettronica postaelettronica enderecodeemail
    adresemail adrespocztyelektronicznej sahkoposti eposta epostaadresi メール メールアドレス eメール 邮箱 电子邮件
    電子郵件 電郵 邮件 이메일 이메일주소 почта электроннаяпочта эпочта емейл`.split(/\s+/),
  ),
  phone: new Set(
    `phone phones phoneno phonenumber phonenumbers telephone telephonenumber tel telno mobile mobileno mobilenumber
    mobilephone mobilephonenumber cell cellphone cellphonenumber cellnumber primaryphone defaultphone defaultaddressphone
    homephone workphone otherphone billingphone shippingphone customerphone contactphone contactnumber userphone
    phonehome phonework phonemobile phoneprimary smsphone smsphonenumber smsnumber whatsapp whatsappnumber phonevalue
    phoneplain phoneraw msisdn phonehash hashedphone phonehashed phonesha256 phonesha sha256phone phonenumbersha256
    phonemd5 mobilesha256 telefon telefonnummer telefonnr telnr handy handynummer mobil mobilnummer mobiltelefon
    mobilfunknummer rufnummer telefono numerodetelefono telefonomovil movil celular numerodecelular numerodetelephone
    telephoneportable telephonemobile portable numerodicellulare cellulare telefonocellulare numeroditelefono
    telefone telemovel numerodetelefone telefoon telefoonnummer mobielnummer gsm puhelin puhelinnumero numertelefonu
    telefonkomorkowy ceptelefonu telefonnumarasi 電話 電話番号 携帯電話 携帯番号 电话 手机 手机号 手机号码 電話號碼 手機
    전화번호 휴대폰 휴대전화 телефон номертелефона мобильныйтелефон`.split(/\s+/),
  ),
  maid: new Set(
    `maid maids maidsha256 maidmd5 maidhash madid madids madidsha256 mobileadvertiserid mobileadvertiserids
    mobileadvertisingid mobileadid mobileid advertisingid advertiserdeviceid adid adids adidsha256 idfa idfas idfasha256
    idfamd5 gaid gaids gaidsha256 gaidmd5 aaid aaidsha256 aaidmd5 googleadvertisingid googleadid androidid
    androidadvertisingid appleadvertisingid appleidfa identifierforadvertisers ifa rdid deviceid deviceids
    mobiledeviceid deviceadvertisingid`.split(/\s+/),
  ),
};

const TELLING_WORDS: readonly { readonly identifier: Identifier; readonly word: RegExp }[] = [
  { identifier: 'email', word: /e ?mail|correo|courriel|epost|メール|邮箱|邮件|이메일|почта/ },
  { identifier: 'maid', word: /\b(?:maid|madid|idfa|gaid|aaid|advertising id|advertiser id|device id)\b/ },
  {
    identifier: 'phone',
    word: /phone|mobile|\btel\b|telefon|teléfono|téléphone|handy|celular|電話|手机|전화|телефон/,
  },
];

const ASIDE =
  /\b(?:accepts?|accepted|opt ?(?:in|out)|opted|consent\w*|permission\w*|marketing|newsletter\w*|subscri\w*|status|state|verif\w*|valid\w*|confirm\w*|count|total|date|time|at|on|domain|type|label|sent|open\w*|click\w*|bounc\w*|source|owner|rep|agent|referr\w*|manager|sender|created by|company|shop|store|supplier|vendor|country|code|carrier|provider|preference\w*|language|template|subject)\b/;

/** Words that only a header has, so that a first line with one of them is known to be a header. */
const OTHER_COLUMNS: ReadonlySet<string> = new Set(
  `id userid customerid customer name fullname firstname lastname surname givenname familyname fname lname nome nombre
  vorname nachname prenom nom apellido apellidos cognome sobrenome imie nazwisko city ort stadt ville ciudad citta country
  countrycode land pays pais state province region zip zipcode postalcode postcode plz address address1 address2 street
  strasse company firma organization gender sex age birthday birthdate dob dateofbirth tags note notes created createdat
  updatedat signupdate segment segmentid segmentname action status source language locale acceptsmarketing
  acceptsemailmarketing acceptssmsmarketing optin consent totalspent totalorders orders ordercount lifetimevalue value
  currency externid externalid uid`.split(/\s+/),
);

const MARKS = /\p{M}/gu;
const NOT_WORD = /[^\p{L}\p{N}]+/gu;
const CAMEL = /(\p{Ll})(\p{Lu})/gu;
const COPY_NUMBER = /[0-9]$/;

/** What the header text alone says about its column; null when it says nothing about an identifier. */
export function recogniseHeader(header: string): RecognisedHeader | null {
  const name = compact(header);
  for (const identifier of ['email', 'phone', 'maid'] as const) {
    const spellings = SPELLINGS[identifier];
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
  return recogniseHeader(header)?.exact === true || OTHER_COLUMNS.has(compact(header));
}

/** `E-Mail_Address` and `emailAddress` → `emailaddress`. */
function compact(header: string): string {
  return header.normalize('NFKD').replace(MARKS, '').toLowerCase().normalize('NFC').replace(NOT_WORD, '');
}

/** `PersonEmail__c` → `person email c`. */
function spaced(header: string): string {
  return header.normalize('NFC').replace(CAMEL, '$1 $2').toLowerCase().replace(NOT_WORD, ' ').trim();
}
