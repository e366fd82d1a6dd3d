/** TikTok's limit for `custom_audience_name`. */
const NAME_LENGTH = 128;

/** The name under which an activation creates its audience: nobody else's, because it holds the activation's id. */
export function oneTimeName(wanted: string, activationId: string): string {
  const suffix = ` · ${activationId}`;
  const characters = Array.from(wanted);
  return `${characters.slice(0, NAME_LENGTH - suffix.length).join('')}${suffix}`;
}
