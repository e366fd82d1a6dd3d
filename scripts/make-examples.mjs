// Writes the files of examples/. Deterministic: the same bytes every time. Every person is invented; e-mail domains
// and phone numbers are of the ranges reserved for examples and fiction.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const folder = new URL('../examples/', import.meta.url);

const FIRST =
  'anna ben carla david elena felix grace hugo irene jonas karin leo maria nils olga paul rosa samuel tessa victor'.split(
    ' ',
  );
const LAST =
  'adler baker castro dubois evans fischer garcia hansen ivanov jensen kowalski lopez moreau novak olsen petrov quinn rossi schmidt tanaka'.split(
    ' ',
  );
const NPA =
  `201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253 254
  256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 325 330
  331 334 336 337 339 347 351 352 360 361 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 424 425 430
  432 434 435 440 443 469 470 475 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530 540
  541 551 559 561 562 563 567 570 571 573 574 575 580 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618
  619 620 623 626 630 631 636 641 646 650 651 660 661 662 678 682 701 702 703 704 706 707 708 712 713 714 715 716 717 718
  719 720 724 727 731 732 734 740 754 757 760 763 765 770 772 773 774 775`.split(/\s+/);
const KNOWN_PEOPLE = 20_000;

/** The people that the sandbox knows (n below 20,000), and others made alike that it does not know. */
function person(n) {
  const known = n < KNOWN_PEOPLE;
  const k = Math.floor(n / 400);
  const first = FIRST[n % 20];
  const last = LAST[Math.floor(n / 20) % 20];
  const domain = `example.${['com', 'org', 'net'][n % 3]}`;
  // Known American numbers never end in 9, so one that does belongs to somebody else.
  const american = `${NPA[Math.floor(n / 100) % NPA.length]}55501${String(known ? n % 100 : n % 10).padStart(2, '0')}`;
  const british = known && n % 10 === 9;
  return {
    first,
    last,
    local: `${first}.${last}.${k}`,
    domain,
    phone: british
      ? { code: '44', national: `7700900${String(Math.floor(n / 10) % 1000).padStart(3, '0')}` }
      : { code: '1', national: known ? american : `${american.slice(0, 8)}${n % 10}9` },
    maid: `${hex(n, 8)}-5a4d-4b1e-9c3f-${hex(n, 12)}`,
  };
}

function hex(n, width) {
  return n.toString(16).padStart(width, '0');
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** mulberry32: a small generator of pseudo-random numbers, so that the files never change. */
function generator(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}

/** Different people for different i: 7,919 and the number of known people have no common factor. */
function pickPerson(i, known) {
  return known ? person((i * 7919 + 4242) % KNOWN_PEOPLE) : person(KNOWN_PEOPLE + i);
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

/** The spelling that the rule of 2024 hashes: no dots before the @. */
function canonicalEmail({ local, domain }) {
  return `${local.replaceAll('.', '')}@${domain}`;
}

/** The same address, as people type it. */
function spelledEmail({ local, domain }, random) {
  const [first, last, k] = local.split('.');
  return random.pick([
    `${local}@${domain}`,
    `${local}@${domain}`,
    `${local}@${domain}`,
    `${local}@${domain}`.toUpperCase(),
    `${capital(first)}.${capital(last)}.${k}@${capital(domain)}`,
    `${local}+newsletter@${domain}`,
    `${local}+${random.pick(['shop', 'Spring.2024', 'a+b'])}@${domain}`,
    `${first}${last}${k}@${domain}`,
    `${first[0]}.${first.slice(1)}.${last}.${k}@${domain}`,
    ` ${local}@${domain} `,
  ]);
}

function spelledPhone({ code, national }, random) {
  const american = code === '1';
  const [a, b, c] = american
    ? [national.slice(0, 3), national.slice(3, 6), national.slice(6)]
    : [national.slice(0, 4), national.slice(4, 7), national.slice(7)];
  return random.pick([
    `+${code}${national}`,
    `+${code}${national}`,
    `+${code} ${a} ${b} ${c}`,
    american ? `+1 (${a}) ${b}-${c}` : `+44 (0)${a} ${b}${c}`,
    american ? `+1-${a}-${b}-${c}` : `+44 ${a}-${b}-${c}`,
    american ? `+1.${a}.${b}.${c}` : `00447700 900 ${c}`,
    `00${code} ${a} ${b}${c}`,
    `'+${code}${national}`,
  ]);
}

function nationalPhone({ code, national }) {
  return code === '1'
    ? `(${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6)}`
    : `0${national.slice(0, 4)} ${national.slice(4)}`;
}

function spelledMaid(maid, random) {
  return random.pick([maid, maid, maid.toUpperCase(), maid.replaceAll('-', ''), `{${maid.toUpperCase()}}`]);
}

function csvCell(text, delimiter = ',') {
  return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvLine(cells, delimiter = ',') {
  return cells.map((cell) => csvCell(cell, delimiter)).join(delimiter);
}

const NOTES = [
  'Prefers to be called, not written to',
  'Bought twice, returned once',
  'Met at the fair\nasks for the catalogue',
  'Says "call me after six"',
  'Two children, one dog',
];

function customers() {
  const random = generator(1);
  const lines = [
    'Customer ID,First name,Last name,Email,Mobile,Device ID,City,Accepts marketing,Total spent,Note',
  ];
  const cities = [
    'Berlin',
    'London',
    'Newark, NJ',
    'Lyon',
    'Denver',
    'Kraków',
    'São Paulo',
    'Austin, TX',
    'Oslo',
    'Málaga',
  ];
  for (let i = 0; i < 5000; i++) {
    if (i % 833 === 600) {
      lines.push(i % 2 === 0 ? '' : '   ');
      continue;
    }
    const who = pickPerson(i, i % 10 < 7);
    const bad = i % 100 === 37;
    const email = bad
      ? random.pick([
          'n/a',
          'unknown',
          `${who.local}.${who.domain}`,
          `${who.local}@`,
          'anna@example.com; ben@example.com',
        ])
      : random.chance(0.08)
        ? ''
        : spelledEmail(who, random);
    const phone = bad
      ? random.pick(['', '', '0', '4.91512E+11', 'none'])
      : random.chance(0.05)
        ? nationalPhone(who.phone)
        : random.chance(0.3)
          ? ''
          : spelledPhone(who.phone, random);
    const maid = bad
      ? random.pick(['', '', '00000000-0000-0000-0000-000000000000'])
      : random.chance(0.6)
        ? ''
        : spelledMaid(who.maid, random);
    // A row that lost all its values to chance keeps its address; some are left without any on purpose.
    const nothing = email === '' && phone === '' && maid === '' && i % 1000 !== 5;
    lines.push(
      csvLine([
        `C-${String(10_000 + i)}`,
        capital(who.first),
        random.chance(0.03) ? `${capital(who.last)}, Jr.` : capital(who.last),
        nothing ? `${who.local}@${who.domain}` : email,
        phone,
        maid,
        random.pick(cities),
        random.chance(0.8) ? 'yes' : 'no',
        (random.pick([0, 12.5, 49.9, 120, 310.75]) + (i % 7)).toFixed(2),
        random.chance(0.06) ? random.pick(NOTES) : '',
      ]),
    );
  }
  return `${lines.join('\n')}\n`;
}

function emailsWithoutHeader() {
  const random = generator(2);
  const lines = [];
  for (let i = 0; i < 2000; i++) {
    const who = pickPerson(i, i % 4 !== 3);
    const hashed = sha256(canonicalEmail(who));
    if (i === 0) lines.push(hashed);
    else if (i % 400 === 399) lines.push(random.pick(['', 'not an address']));
    else
      lines.push(
        random.chance(0.5) ? random.pick([hashed, hashed, hashed.toUpperCase()]) : spelledEmail(who, random),
      );
  }
  return `${lines.join('\n')}\n`;
}

function hashedMultiId() {
  const random = generator(3);
  const lines = ['email_SHA256,phone_SHA256,MAID_SHA256'];
  for (let i = 0; i < 2000; i++) {
    const who = pickPerson(i, i % 5 !== 4);
    const email = sha256(canonicalEmail(who));
    const phone = sha256(`+${who.phone.code}${who.phone.national}`);
    const maid = sha256(who.maid);
    lines.push(
      [random.chance(0.1) ? '' : email, random.chance(0.3) ? '' : phone, random.chance(0.5) ? '' : maid].join(
        ',',
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

const NAMES = ['Müller', 'José', 'François', 'Zoë', 'Søren', 'Ångström', 'Señora Núñez', 'Straße & Söhne'];

/** Windows-1252, which equals Latin-1 for the letters used here. */
function messy() {
  const random = generator(4);
  const lines = ['Kunde;E-Mail-Adresse;Telefon;Land;Bemerkung'];
  for (let i = 0; i < 500; i++) {
    const who = pickPerson(i, i % 10 < 7);
    if (i % 97 === 50) {
      lines.push(random.pick(['', '  ', ';;;;']));
      continue;
    }
    const email = random.chance(0.06)
      ? random.pick([
          'keine',
          `${who.local} (at) ${who.domain}`,
          `${who.local}@${who.domain}, ${who.local}@example.org`,
          '@',
        ])
      : spelledEmail(who, random);
    const phone = random.chance(0.12)
      ? random.pick([
          '4,91512E+11',
          '4.91512E+11',
          '0',
          nationalPhone(who.phone),
          `${spelledPhone(who.phone, random)} / ${spelledPhone(who.phone, random)}`,
        ])
      : spelledPhone(who.phone, random);
    const cells = [
      random.pick(NAMES),
      email,
      phone,
      'Österreich',
      random.chance(0.1) ? 'ruft "später" an; bitte merken' : '',
    ];
    const length = random.chance(0.1) ? random.pick([2, 3, 4]) : cells.length;
    const extra = random.chance(0.04) ? ['zu', 'viel'] : [];
    lines.push(csvLine([...cells.slice(0, length), ...(length === cells.length ? extra : [])], ';'));
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
}

const files = {
  'customers.csv': customers(),
  'emails-without-header.csv': emailsWithoutHeader(),
  'hashed-multi-id.csv': hashedMultiId(),
  'messy.csv': messy(),
};
for (const [name, content] of Object.entries(files)) {
  writeFileSync(new URL(name, folder), content);
  console.log(`examples/${name}: ${Buffer.byteLength(content)} bytes`);
}
