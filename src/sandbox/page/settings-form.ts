import { formValue } from '../admin-request.js';
import { type Settings, settingsSchema } from '../settings.js';
import { form, type Html, html, option, section } from './parts.js';

interface Choice {
  /** As a form's text is read: a name, a number, `true`, `null`, or JSON. */
  readonly value: string;
  readonly label: string;
}

const plain = (...values: string[]): Choice[] => values.map((value) => ({ value, label: value }));
const YES_NO: readonly Choice[] = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];

/** What can be chosen for a setting; null: a number. */
const CHOICES: Readonly<Record<keyof Settings, readonly Choice[] | null>> = {
  processingSeconds: null,
  minimumMatched: null,
  maximumFileBytes: null,
  rateLimits: [
    { value: 'null', label: 'counted only' },
    ...plain('basic', 'advanced', 'premium', 'ultimate', 'sandbox'),
  ],
  strictStatus: YES_NO,
  population: plain('brief-2024', 'tiktok-2025-09', 'both'),
  phones: plain('with-plus', 'without-plus', 'both'),
  unknownCalculateType: plain('40002', '40909'),
  calculateTypeMismatch: plain('operation_fails', 'refused'),
  badFilePath: plain('refused', 'operation_fails'),
  appBlocked: YES_NO,
  tokenLifetimes: [
    { value: 'null', label: 'never expire' },
    { value: '{"accessSeconds":60}', label: '1 minute' },
    { value: '{}', label: '1 day' },
  ],
};

function field(name: keyof Settings, settings: Settings): Html {
  const choices = CHOICES[name];
  const now = JSON.stringify(settings[name]);
  if (choices === null) {
    return html`<label>${name}<input type="number" name="${name}" value="${now}" min="0"></label>`;
  }
  const isChosen = ({ value }: Choice) =>
    JSON.stringify(settingsSchema.shape[name].parse(formValue(value))) === now;
  // Left out of the form, a setting stays as it is.
  const other = choices.some(isChosen) ? [] : [option('', `as it is: ${now}`, true)];
  return html`<label>${name}<select name="${name}">${other}${choices.map((choice) =>
    option(choice.value, choice.label, isChosen(choice)),
  )}</select></label>`;
}

const NAMES = Object.keys(CHOICES).filter((name): name is keyof Settings => name in CHOICES);

export function settingsSection(settings: Settings): Html {
  return section('settings', 'Settings', [
    form(
      { path: 'settings', method: 'PATCH', back: 'settings' },
      html`${NAMES.map((name) => field(name, settings))}<button class="main">Save</button>`,
    ),
    html`<p class="quiet">Times are seconds of the sandbox’s clock. A change holds at once, also for what is being processed.</p>`,
  ]);
}
