import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTicketSigner } from '../../src/connections/signed-ticket.js';

const keys = { current: randomBytes(32), previous: null };
const signer = createTicketSigner(keys);
const inAnHour = () => new Date(Date.now() + 3_600_000);
const ticket = (expiresAt = inAnHour()) =>
  signer.sign({ purpose: 'sign_in', connectionId: 'con_1', expiresAt });

it('a ticket says its purpose and its connection to whoever has the key, and no two are alike', () => {
  expect(signer.read(ticket(), new Date())).toMatchObject({
    kind: 'valid',
    ticket: { purpose: 'sign_in', connectionId: 'con_1' },
  });
  const expiresAt = inAnHour();
  expect(ticket(expiresAt)).not.toBe(ticket(expiresAt));
});

it('one that was changed anywhere is told from one that is old', () => {
  const text = ticket();
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom('A', 'b', '0', '-', '.', '%'), (at, other) => {
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      // The last character of base64url carries bits that nobody reads, so some changes of it change nothing.
      fc.pre(changed !== text);
      expect(signer.read(changed, new Date()).kind).toBe('forged');
    }),
  );
  expect(signer.read('', new Date()).kind).toBe('forged');
  expect(signer.read(ticket(new Date(Date.now() - 1_000)), new Date()).kind).toBe('expired');
});

it('it is read with the previous key after a change of keys, and with no other key', () => {
  const text = ticket();
  const rotated = createTicketSigner({ current: randomBytes(32), previous: keys.current });
  expect(rotated.read(text, new Date()).kind).toBe('valid');
  expect(createTicketSigner({ current: randomBytes(32), previous: null }).read(text, new Date()).kind).toBe(
    'forged',
  );
});
