/** Values that occur nowhere else, for files whose content must not turn up where it does not belong. */
export const CANARIES = {
  name: 'Kanarienvogel',
  email: 'kanarien.vogel@example.com',
  phone: '+12025550142',
  maid: 'ca9a51e0-b17d-4c0f-8a11-0ddba11c0de5',
} as const;

/** Parts of the values that are as telling as the whole; the e-mail also as `brief-2024` spells it. */
const TELLING = [CANARIES.name, 'kanarien.vogel', 'kanarienvogel@', '2025550142', 'ca9a51e0', '0ddba11c0de5'];

/** Those of the canaries that a text holds: as they are, in any case, in hexadecimal or in base 64 at any place. */
export function canariesIn(written: string): string[] {
  const lower = written.toLowerCase();
  return TELLING.filter((canary) => {
    const spellings = [canary, canary.toLowerCase(), canary.toUpperCase()];
    return (
      lower.includes(canary.toLowerCase()) ||
      spellings.some((text) => lower.includes(Buffer.from(text).toString('hex'))) ||
      spellings.some((text) => base64Forms(text).some((form) => written.includes(form)))
    );
  });
}

/** What base 64 makes of the text behind 0, 1 or 2 other bytes, without the characters that depend on its neighbours. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const encoded = bytes.toString('base64').replace(/=+$/, '');
    const from = Math.ceil((before * 8) / 6);
    return encoded.slice(from, bytes.length % 3 === 0 ? undefined : -1);
  });
}
