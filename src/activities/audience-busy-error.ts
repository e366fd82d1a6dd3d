/** The audience cannot be changed yet; expected, and tried again. */
export class AudienceBusyError extends Error {
  override readonly name = 'AudienceBusyError';
  /** Another run's change comes first, or TikTok is processing one. */
  readonly reason: 'turn' | 'processing';

  constructor(reason: 'turn' | 'processing', message: string) {
    super(message);
    this.reason = reason;
  }
}
