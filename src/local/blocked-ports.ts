/**
 * The ports above 1023 that browsers and Node's `fetch` refuse ("bad ports" of the Fetch standard,
 * https://fetch.spec.whatwg.org/#port-blocking). A service there runs, and nobody can ask it anything.
 */
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
]);

export function isBlockedPort(port: number): boolean {
  return BLOCKED_PORTS.has(port);
}
