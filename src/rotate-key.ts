import { ConfigError, readRotationConfig } from './config.js';
import { rotateTokens } from './connections/rotate-tokens.js';
import { createTokenCipher } from './connections/token-cipher.js';
import { openDatabase } from './database/open-database.js';

/** `npm run rotate-key`: encrypts the stored tokens with the new key. Exits with 1 when some open with neither key. */
async function main(): Promise<void> {
  const { databaseUrl, encryptionKeys } = readRotationConfig(process.env);
  const db = openDatabase(databaseUrl, () => undefined);
  try {
    const { renewed, current, unreadable } = await rotateTokens(db, createTokenCipher(encryptionKeys));
    process.stdout.write(
      `Encrypted with the new key: ${renewed}. Had it already: ${current}. Readable with neither key: ${unreadable.length}.\n`,
    );
    if (unreadable.length === 0) {
      process.stdout.write('ENCRYPTION_KEY_PREVIOUS is needed no more.\n');
      return;
    }
    process.stdout.write(`Sign in with TikTok again for: ${unreadable.join(', ')}\n`);
    process.exitCode = 1;
  } finally {
    await db.destroy();
  }
}

main().catch((error: unknown) => {
  const words = error instanceof ConfigError ? error.message : `The keys were not changed: ${String(error)}`;
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
});
