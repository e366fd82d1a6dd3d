import type { ConnectionAccess } from '../../src/connections/access.js';
import type { TikTokClient } from '../../src/tiktok/client.js';

/** An authorization that is always usable, at a TikTok of the test's own; `beforeUse` is awaited before each use. */
export function scriptedAccess(
  scripted: Partial<TikTokClient>,
  {
    token = 'token',
    beforeUse = async () => undefined,
  }: { token?: string; beforeUse?: () => Promise<void> } = {},
): ConnectionAccess {
  const tiktok = scripted as TikTokClient;
  return {
    async withAccess(_target, use) {
      await beforeUse();
      return use({ tiktok, token, version: 1 });
    },
    usableVersion: async () => 1,
    canBeOpened: async () => true,
    recheck: async () => true,
  };
}
