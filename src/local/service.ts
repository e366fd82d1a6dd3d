import { type ChildProcess, fork, spawn } from 'node:child_process';
import type { Worthwhile } from './child-output.js';
import { asUser, type Command } from './command.js';

/** A module of ours, started with an IPC channel: it ends itself when the channel closes, so that it is never orphaned. */
export interface NodeProgram {
  script: string;
  env: NodeJS.ProcessEnv;
}

/** One process of the stack: how it is started, when it is ready, how it is asked to end. */
export interface Service {
  name: string;
  /** The services that must be ready before this one is started. */
  needs: readonly string[];
  program: Command | NodeProgram;
  /** What must be done once, before the first start. */
  prepare?: () => Promise<void>;
  /** Resolves when the service does its work; rejects when it does not yet. Asked again and again. */
  probe: () => Promise<void>;
  /**
   * Mends what keeps the service from starting, by its newest lines. Returns what was done, for the person; null when
   * there is nothing that it can mend. Done once at most.
   */
  mend?: (lastLines: string) => string | null;
  stopSignal: 'SIGTERM' | 'SIGINT';
  worthwhile: Worthwhile;
}

/**
 * Starts the process in a process group of its own: Ctrl-C in the terminal reaches the supervisor only, which ends its
 * children in order.
 */
export function launch({ program }: Service): ChildProcess {
  if ('script' in program) {
    return fork(program.script, {
      env: program.env,
      execArgv: ['--enable-source-maps'],
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
  }
  return spawn(program.file, program.args, {
    ...asUser(program.user),
    cwd: program.cwd,
    env: program.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
