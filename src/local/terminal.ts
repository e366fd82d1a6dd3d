const COLOURS = ['36', '35', '33', '32', '34'];
const WIDTH = 9;

/**
 * Writes lines to the terminal, those about a service behind its name in a colour of its own. Colours only where a
 * person looks, and not with NO_COLOR.
 */
export function createTerminal(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv) {
  const coloured = stream.isTTY === true && (environment['NO_COLOR'] ?? '') === '';
  const seen: string[] = [];
  // The terminal may be gone while the stack still runs or ends.
  stream.on('error', () => undefined);
  return (text: string, service?: string): void => {
    if (service === undefined) {
      stream.write(`${text}\n`);
      return;
    }
    if (!seen.includes(service)) seen.push(service);
    const colour = COLOURS[seen.indexOf(service) % COLOURS.length];
    const prefix = `${service.padEnd(WIDTH)}|`;
    for (const line of text.split('\n')) {
      stream.write(coloured ? `\u001b[${colour}m${prefix}\u001b[0m ${line}\n` : `${prefix} ${line}\n`);
    }
  };
}
