import { describe, expect, it } from 'vitest';
import { isUsualHeader, recogniseHeader } from '../../../src/customer-file/identifiers/headers.js';
import type { Identifier } from '../../../src/customer-file/identifiers/identifier.js';

/** The header line as the source writes it, and which of its columns hold what. */
type Source = readonly [source: string, line: string, holds: Readonly<Record<string, Identifier>>];

const email = 'email';
const phone = 'phone';
const maid = 'maid';

const SOURCES: readonly Source[] = [
  [
    "TikTok's template",
    'Email,Email_SHA256,Phone,Phone_SHA256,MAID,MAID_SHA256,MAID_MD5',
    {
      Email: email,
      Email_SHA256: email,
      Phone: phone,
      Phone_SHA256: phone,
      MAID: maid,
      MAID_SHA256: maid,
      MAID_MD5: maid,
    },
  ],
  [
    "MadConnect's template",
    'email_hash,phone_hash,maid,segment_id,segment_name,action',
    { email_hash: email, phone_hash: phone, maid },
  ],
  [
    "Meta's template",
    'email,email,email,phone,phone,phone,madid,fn,ln,zip,ct,st,country,dob,doby,gen,age,uid,value',
    { email, phone, madid: maid },
  ],
  ["Google's Customer Match", 'Email,Phone,First Name,Last Name,Country,Zip', { Email: email, Phone: phone }],
  ["Google's Customer Match of apps", 'Mobile Device ID', { 'Mobile Device ID': maid }],
  [
    "Google's contacts",
    'First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Labels',
    { 'E-mail 1 - Value': email, 'Phone 1 - Value': phone },
  ],
  [
    'Shopify, customers',
    'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address City,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags',
    { Email: email, 'Default Address Phone': phone, Phone: phone },
  ],
  [
    'Shopify, orders',
    'Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Billing Name,Billing Phone,Shipping Phone,Phone',
    { Email: email, 'Billing Phone': phone, 'Shipping Phone': phone, Phone: phone },
  ],
  [
    'HubSpot',
    'Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,WhatsApp Phone Number,Work email,Additional email addresses,Contact owner,Lead Status,Marketing contact status,Email Domain,Create Date',
    {
      Email: email,
      'Phone Number': phone,
      'Mobile Phone Number': phone,
      'WhatsApp Phone Number': phone,
      'Work email': email,
      'Additional email addresses': email,
    },
  ],
  [
    'Salesforce, objects',
    'Id,FirstName,LastName,Email,Phone,MobilePhone,HomePhone,OtherPhone,AssistantPhone,Fax,HasOptedOutOfEmail,EmailBouncedDate,PersonEmail,PersonMobilePhone,OwnerId',
    {
      Email: email,
      Phone: phone,
      MobilePhone: phone,
      HomePhone: phone,
      OtherPhone: phone,
      PersonEmail: email,
      PersonMobilePhone: phone,
    },
  ],
  [
    'Salesforce, reports',
    'First Name,Last Name,Title,Account Name,Email,Phone,Mobile,Email Opt Out,Contact Owner',
    { Email: email, Phone: phone, Mobile: phone },
  ],
  [
    'Klaviyo',
    'Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Email Marketing Consent,SMS Marketing Consent,First Active,Last Open',
    { Email: email, 'Phone Number': phone },
  ],
  ['Klaviyo, properties', '$email,$phone_number,$first_name', { $email: email, $phone_number: phone }],
  [
    'Mailchimp',
    'Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LEID,EUID,NOTES,TAGS,SMS Phone Number',
    { 'Email Address': email, 'Phone Number': phone, 'SMS Phone Number': phone },
  ],
  [
    'WooCommerce, customers',
    'Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code',
    { Email: email },
  ],
  [
    'WooCommerce, orders',
    'order_id,billing_first_name,billing_email,billing_phone,shipping_phone',
    { billing_email: email, billing_phone: phone, shipping_phone: phone },
  ],
  [
    'WooCommerce, order export',
    'Order ID,Email (Billing),Phone (Billing)',
    { 'Email (Billing)': email, 'Phone (Billing)': phone },
  ],
  [
    'Stripe',
    'id,Description,Email,Name,Created (UTC),Delinquent,Card ID,Total Spend,Customer Email,Customer Phone',
    { Email: email, 'Customer Email': email, 'Customer Phone': phone },
  ],
  [
    'Outlook',
    'First Name,Last Name,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,Business Phone,Home Phone,Mobile Phone',
    {
      'E-mail Address': email,
      'E-mail 2 Address': email,
      'Business Phone': phone,
      'Home Phone': phone,
      'Mobile Phone': phone,
    },
  ],
  [
    'attribution services',
    'IDFA,Advertising ID,gps_adid,user_data_aaid,user_data_idfa,Event Time',
    { IDFA: maid, 'Advertising ID': maid, gps_adid: maid, user_data_aaid: maid, user_data_idfa: maid },
  ],
];

const LANGUAGES: readonly (readonly [language: string, email: string, phone: string])[] = [
  ['English', 'E-mail address', 'Mobile number'],
  ['German', 'E-Mail-Adresse', 'Handynummer'],
  ['French', 'Adresse e-mail', 'Numéro de téléphone'],
  ['French of Canada', 'Courriel', 'Téléphone'],
  ['Spanish', 'Correo electrónico', 'Teléfono móvil'],
  ['Portuguese', 'Endereço de e-mail', 'Telemóvel'],
  ['Portuguese of Brazil', 'E-mail', 'Celular'],
  ['Italian', 'Indirizzo e-mail', 'Numero di cellulare'],
  ['Dutch', 'E-mailadres', 'Telefoonnummer'],
  ['Polish', 'Adres e-mail', 'Telefon komórkowy'],
  ['Swedish', 'E-postadress', 'Mobilnummer'],
  ['Norwegian', 'E-postadresse', 'Telefonnummer'],
  ['Danish', 'Mailadresse', 'Tlf. nr.'],
  ['Finnish', 'Sähköposti', 'Puhelinnumero'],
  ['Czech', 'E-mailová adresa', 'Telefonní číslo'],
  ['Hungarian', 'E-mail cím', 'Telefonszám'],
  ['Romanian', 'Adresă de email', 'Număr de telefon'],
  ['Turkish', 'E-posta adresi', 'Cep telefonu numarası'],
  ['Greek', 'Ηλεκτρονική διεύθυνση', 'Τηλέφωνο'],
  ['Russian', 'Электронная почта', 'Номер телефона'],
  ['Ukrainian', 'Електронна пошта', 'Номер телефону'],
  ['Japanese', 'メールアドレス', '携帯電話番号'],
  ['Chinese, simplified', '电子邮箱', '手机号码'],
  ['Chinese, traditional', '電子郵件', '手機號碼'],
  ['Korean', '이메일 주소', '휴대폰 번호'],
  ['Indonesian', 'Alamat email', 'Nomor HP'],
  ['Vietnamese', 'Địa chỉ email', 'Số điện thoại'],
  ['Thai', 'อีเมล', 'เบอร์โทรศัพท์'],
  ['Hindi', 'ईमेल पता', 'मोबाइल नंबर'],
  ['Arabic', 'البريد الإلكتروني', 'رقم الهاتف'],
  ['Hebrew', 'דואר אלקטרוני', 'מספר טלפון'],
];

describe('the header line of an export', () => {
  it.each(SOURCES)(
    'of %s: each identifier is found, and no other column is taken for one',
    (_, line, holds) => {
      const headers = line.split(',');
      for (const header of headers) {
        const found = recogniseHeader(header);
        if (holds[header] === undefined) expect(found === null || found.aside, header).toBe(true);
        else expect(found, header).toEqual({ identifier: holds[header], exact: true, aside: false });
      }
      expect(headers.some(isUsualHeader)).toBe(true);
    },
  );

  it.each(LANGUAGES)('in %s is known', (_, ofEmail, ofPhone) => {
    for (const [header, identifier] of [
      [ofEmail, email],
      [ofPhone, phone],
    ] as const) {
      for (const text of [header, header.toUpperCase(), header.normalize('NFD'), ` ${header} 2`]) {
        expect(recogniseHeader(text), text).toEqual({ identifier, exact: true, aside: false });
      }
    }
  });

  it.each([
    'Einwilligung E-Mail',
    'Consentement e-mail',
    'Acepta correo',
    'メール同意',
    'Согласие на телефон',
    'Zgoda e-mail',
  ])('%s is a consent, not an identifier', (header) => {
    expect(recogniseHeader(header)).toMatchObject({ exact: false, aside: true });
  });
});
