/**
 * A request that the API answers with an error envelope. Thrown anywhere between the check of the token and the end of a
 * route; the dispatcher turns it into the answer. The message never holds a token, a secret or a value of a row.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** TikTok's return code, as 40105. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
