/** For which connection and which of its advertisers TikTok is called. */
export interface AccessTarget {
  readonly connectionId: string;
  readonly advertiserId: string;
}
