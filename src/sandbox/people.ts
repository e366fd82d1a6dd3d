const FIRST =
  'anna ben carla david elena felix grace hugo irene jonas karin leo maria nils olga paul rosa samuel tessa victor'.split(
    ' ',
  );
const LAST =
  'adler baker castro dubois evans fischer garcia hansen ivanov jensen kowalski lopez moreau novak olsen petrov quinn rossi schmidt tanaka'.split(
    ' ',
  );
const TOP_LEVEL = ['com', 'org', 'net'];
// Area codes; the numbers behind them are 555-01xx, reserved for fiction.
const AREAS = (
  '201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 ' +
  '240 248 251 252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 ' +
  '313 314 315 316 317 318 319 320 321 323 325 330 331 334 336 337 339 347 351 352 360 361 386 401 ' +
  '402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 424 425 430 432 434 435 440 443 469 ' +
  '470 475 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530 540 ' +
  '541 551 559 561 562 563 567 570 571 573 574 575 580 585 586 601 602 603 605 606 607 608 609 610 ' +
  '612 614 615 616 617 618 619 620 623 626 630 631 636 641 646 650 651 660 661 662 678 682 701 702 ' +
  '703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 727 731 732 734 740 754 757 760 763 ' +
  '765 770 772 773 774 775'
).split(' ');

export const PEOPLE_COUNT = 20_000;

/** Someone whom TikTok knows, in the spelling whose digest it would hold. */
export interface Person {
  /** Without the dots of the local part, as the rules of 2024 write it. */
  readonly emailWithoutDots: string;
  /** With them, as the rules of September 2025 do. */
  readonly email: string;
  /** E.164 with its plus sign. */
  readonly phone: string;
  /** Lower case, with dashes. */
  readonly maid: string;
}

function pick(values: readonly string[], index: number): string {
  return values[index % values.length] ?? '';
}

/** Person `n`, from 0 to 19,999. Two people can share a phone number, nothing else. */
export function person(n: number): Person {
  const first = pick(FIRST, n);
  const last = pick(LAST, Math.floor(n / 20));
  const k = Math.floor(n / 400);
  const domain = `example.${pick(TOP_LEVEL, n)}`;
  const phone =
    n % 10 === 9
      ? `+447700900${String(Math.floor(n / 10) % 1000).padStart(3, '0')}`
      : `+1${pick(AREAS, Math.floor(n / 100))}55501${String(n % 100).padStart(2, '0')}`;
  const hex = n.toString(16);
  return {
    emailWithoutDots: `${first}${last}${k}@${domain}`,
    email: `${first}.${last}.${k}@${domain}`,
    phone,
    maid: `${hex.padStart(8, '0')}-5a4d-4b1e-9c3f-${hex.padStart(12, '0')}`,
  };
}
