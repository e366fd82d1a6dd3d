import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type ActivateFileOptions, type AudienceChoice, activateFile } from './activate-file.js';
import { apiAddress } from './api-address.js';
import { type ApiClient, createApiClient } from './api-client.js';
import { columnsOf } from './column-flags.js';
import { connect } from './connect.js';
import { describeError, exitCodeOf, UsageError } from './errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { NORMALIZATION_PROFILES, type NormalizationProfile } from './normalization-profiles.js';
import { createOutput, createSilentOutput, type Output, type TextStream } from './output.js';
import { PROGRAM } from './program-name.js';
import type { Confirm } from './replace-guard.js';
import { listRuns, printRejectedRows, type RunSignal, retryRun, showRun, signalRun } from './run-commands.js';
import { stateDirectory, unfinishedUploads } from './unfinished-uploads.js';

/** What surrounds the program: `main.ts` gives the process's, a test its own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative file names start. */
  readonly directory: string;
  /** Where a local stack of this machine keeps its `stack.json`. */
  readonly dataDirectory: string;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly confirm: Confirm;
  readonly openBrowser: ((url: string) => void) | null;
}

interface SharedFlags {
  readonly api?: string;
  readonly json?: boolean;
}

interface ActivateFlags extends SharedFlags {
  readonly audience?: string;
  readonly append?: string;
  readonly remove?: string;
  readonly replace?: string;
  readonly confirmSize?: number;
  readonly connection?: string;
  readonly advertiser?: readonly string[];
  readonly column?: readonly string[];
  readonly normalization?: NormalizationProfile;
  readonly rejectedRowLimit?: number;
  readonly askOverLimit?: boolean;
  readonly dryRun?: boolean;
  readonly simulate?: boolean;
}

/** One session of a command with the API. */
interface Session {
  readonly api: ApiClient;
  readonly output: Output;
  readonly json: boolean;
}

/** Runs one command line (without `node` and the script) and returns the exit code; never throws. */
export async function runCommandLine(words: readonly string[], around: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.completed;
  const program = describeProgram(around, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed its own sentence, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.completed : EXIT.badUsage;
    const { complain } = createOutput(around.stdout, around.stderr);
    for (const line of describeError(error)) complain(line);
    return exitCodeOf(error);
  }
}

function describeProgram(around: Surroundings, exit: (code: ExitCode) => void): Command {
  const session = ({ api, json = false }: SharedFlags): Session => ({
    api: createApiClient({
      url: apiAddress(api, around.env, around.dataDirectory),
      apiKey: around.env['ACTIVATE_API_KEY'] === '' ? undefined : around.env['ACTIVATE_API_KEY'],
    }),
    output: json
      ? createSilentOutput(around.stdout, around.stderr)
      : createOutput(around.stdout, around.stderr),
    json,
  });

  const program = new Command(PROGRAM)
    .description('Uploads a customer file and makes it a TikTok Custom Audience.')
    .argument('<file>', 'customer file: CSV, TSV or text')
    .option('--audience <name>', "create an audience of this name (default: the file's name)")
    .addOption(
      new Option('--append <id>', 'add the file to an audience').conflicts(['audience', 'remove', 'replace']),
    )
    .addOption(
      new Option('--remove <id>', 'remove the file from an audience').conflicts(['audience', 'replace']),
    )
    .addOption(new Option('--replace <id>', 'put the file in the place of all members').conflicts('audience'))
    .option('--confirm-size <n>', 'with --replace: the size that the audience has now', wholeNumber)
    .option(
      '--advertiser <id>',
      "TikTok ad account (default: the connection's only one); repeatable, with a run for each",
      gather,
    )
    .option('--connection <id>', 'authorization to use (default: the only configured one)')
    .option(
      '--column <header=identifier>',
      'what a column holds: email, phone, phone:DE or maid; repeatable',
      gather,
    )
    .addOption(new Option('--normalization <profile>', 'rules for values').choices(NORMALIZATION_PROFILES))
    .option('--rejected-row-limit <percent>', 'rejected rows that a run may have (default: 10)', percentage)
    .option('--ask-over-limit', 'over that limit: ask (approve, reject) instead of failing')
    .option('--dry-run', 'do everything but sending to TikTok')
    .addOption(
      new Option('--simulate', 'send to the sandbox in the place of TikTok').conflicts([
        'connection',
        'dryRun',
      ]),
    )
    .option('--api <url>', 'address of the API (default: ACTIVATE_API, else the local stack)')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, flags: ActivateFlags) => {
      const { api, output, json } = session(flags);
      const { exitCode, runs } = await activateFile(
        {
          api,
          file: resolve(around.directory, file),
          audience: audienceChoice(flags),
          connection: flags.connection,
          advertisers: flags.advertiser,
          columns: columnsOf(flags.column ?? []),
          normalization: flags.normalization,
          rejectedRowLimit: rejectedRowLimit(flags),
          dryRun: flags.dryRun,
          simulate: flags.simulate,
          uploads: unfinishedUploads(stateDirectory(around.env, homedir), output.complain),
          confirm: json ? null : around.confirm,
        },
        output,
      );
      if (json) output.data(`${JSON.stringify(runs.length === 1 ? runs[0] : runs, null, 2)}\n`);
      exit(exitCode);
    })
    .addHelpText('after', EXIT_CODE_HELP)
    .configureOutput({
      writeOut: (text) => around.stdout.write(text),
      writeErr: (text) => around.stderr.write(text),
    })
    .exitOverride();

  addRunCommands(program, session, exit);
  program
    .command('connect')
    .description('sign in with TikTok: for a new connection, or again for the one named')
    .argument('[connection]', 'connection that needs a new sign-in')
    .option('--name <name>', 'name of a new connection')
    .option(
      '--invite-from <you>',
      'make a link for somebody else who has the rights at TikTok, and say who asks',
    )
    .action(async (connection: string | undefined, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<
        SharedFlags & { readonly name?: string; readonly inviteFrom?: string }
      >();
      const { api, output, json } = session(flags);
      const { name, inviteFrom } = flags;
      const options = { connection, name, inviteFrom, openBrowser: json ? null : around.openBrowser };
      const result = await connect(api, options, output);
      if (json) output.data(`${JSON.stringify(result.connection, null, 2)}\n`);
      exit(result.exitCode);
    });
  return program;
}

function addRunCommands(
  program: Command,
  session: (flags: SharedFlags) => Session,
  exit: (code: ExitCode) => void,
): void {
  program
    .command('runs')
    .description('list the newest runs')
    .action(async (_flags: unknown, command: Command) => {
      const { api, output, json } = session(command.optsWithGlobals<SharedFlags>());
      await listRuns(api, output, json);
    });
  const onRun = (
    name: string,
    description: string,
    act: (id: string, session: Session) => Promise<void>,
  ): void => {
    program
      .command(name)
      .description(description)
      .argument('<id>', 'id of the run (act_…)')
      .action(async (id: string, _flags: unknown, command: Command) => {
        await act(id, session(command.optsWithGlobals<SharedFlags>()));
      });
  };
  onRun('show', 'the report of a run', (id, { api, output, json }) => showRun(api, id, output, json));
  onRun('rejected', 'the rejected rows of a run, as CSV', (id, { api, output, json }) =>
    printRejectedRows(api, id, output, json),
  );
  onRun('retry', 'start a failed or canceled run again', async (id, { api, output, json }) =>
    exit(await retryRun(api, id, output, json)),
  );
  const signals: readonly [RunSignal, string][] = [
    ['pause', 'hold a run at its next boundary'],
    ['resume', 'let a paused run go on'],
    ['reconnected', 'let a run that waits for a sign-in ask TikTok again at once'],
    ['approve', 'say yes to what a run asks'],
    ['reject', 'say no to what a run asks: it ends'],
    ['cancel', 'stop a run at its next boundary'],
  ];
  for (const [signal, description] of signals) {
    onRun(signal, description, (id, { api, output, json }) => signalRun(api, id, signal, output, json));
  }
}

const EXIT_CODE_HELP = `
Exit codes: 0 completed, 1 failed or canceled, 2 bad usage, 3 waits for a person.
Environment: ACTIVATE_API (address), ACTIVATE_API_KEY (key, beyond this machine).`;

function audienceChoice(flags: ActivateFlags): AudienceChoice {
  if (flags.confirmSize !== undefined && flags.replace === undefined) {
    throw new UsageError('--confirm-size belongs to --replace.');
  }
  if (flags.append !== undefined) return { action: 'append', audienceId: flags.append };
  if (flags.remove !== undefined) return { action: 'remove', audienceId: flags.remove };
  if (flags.replace !== undefined) {
    return { action: 'replace', audienceId: flags.replace, confirmSize: flags.confirmSize };
  }
  return { action: 'create', name: flags.audience };
}

function rejectedRowLimit({
  rejectedRowLimit: percent,
  askOverLimit,
}: ActivateFlags): ActivateFileOptions['rejectedRowLimit'] {
  if (percent === undefined && askOverLimit !== true) return undefined;
  return { percent, ...(askOverLimit === true ? { onExceeded: 'ask' } : {}) };
}

function percentage(text: string): number {
  const percent = /^\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(percent <= 100)) throw new InvalidArgumentError('It must be a number from 0 to 100.');
  return percent;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function gather(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
