import { setTimeout as delay } from 'node:timers/promises';
import type { Activation } from '../../src/api/schemas/activation.js';
import type { Audience } from '../../src/api/schemas/audience.js';
import { ADVERTISER, type TestStack } from '../service/test-stack.js';
import { type GeneratedFile, generateFile, KNOWN_PEOPLE } from './customer-file.js';
import { judgeAudience, judgeLedger } from './judge.js';
import { act, drawAct, retry } from './people.js';
import type { Random } from './random.js';
import { ResumedUpload } from './resumed-upload.js';

/**
 * A run that takes longer once nothing is disturbed any more is called stuck. What failed again and again meanwhile is
 * repeated ever more slowly, up to every five minutes.
 */
const LIMIT_MS = 600_000;
/** Waits of the product after failures are longer than this; it only bounds how often is asked. */
const ASK_AGAIN_MS = 250;

/** What a run left: the audience, and whether it bears the name that was asked for. */
interface Delivered {
  readonly audienceId: string;
  readonly named: boolean;
}

/** Starts activations one after another in several lanes, and has each judged when it has ended. */
export class Activations {
  readonly createdAudiences = new Set<string>();
  /** Cancelled while TikTok was asked: it may have made an audience for each, or not. */
  readonly unknownRuns = new Set<string>();
  readonly faults: string[] = [];
  readonly #sums = {
    runs: 0,
    canceled: 0,
    unknown: 0,
    audiences: 0,
    rows: 0,
    members: 0,
    lost: 0,
    doubled: 0,
  };
  readonly #stuck: string[] = [];
  readonly #product: TestStack;
  readonly #uploads: string;
  readonly #connectionId: string;
  readonly #say: (line: string) => void;
  readonly #calm: AbortSignal;
  #calmSince = Number.POSITIVE_INFINITY;

  /** `uploads`: the address that clients upload to, over a line that can be cut. `calm`: when the disturbances are over. */
  constructor(scene: {
    product: TestStack;
    uploads: string;
    connectionId: string;
    say: (line: string) => void;
    calm: AbortSignal;
  }) {
    this.#product = scene.product;
    this.#uploads = scene.uploads;
    this.#connectionId = scene.connectionId;
    this.#say = scene.say;
    this.#calm = scene.calm;
    scene.calm.addEventListener('abort', () => {
      this.#calmSince = Date.now();
    });
  }

  get sums() {
    return { ...this.#sums, stuck: this.#stuck };
  }

  /** Makes audiences and changes them while there are disturbances; what was begun is finished. */
  async runLane(random: Random, title: string): Promise<void> {
    for (let number = 1; number === 1 || !this.#calm.aborted; number++) {
      await this.#fillAudience(random, `${title}, audience ${number}`);
    }
  }

  /** Ends early when a run was a finding, or when it is not known what TikTok did for one that was cancelled. */
  async #fillAudience(random: Random, name: string): Promise<void> {
    const shape = random.pick(['emails', 'three', 'hashed'] as const);
    const draw = () =>
      generateFile(random, {
        shape,
        rows: random.between(500, 15_000),
        firstPerson: random.between(0, KNOWN_PEOPLE - 1),
      });
    const first = draw();
    const created = await this.#run(random.fork(), name, first, { action: 'create', name });
    if (created === null) return;
    const { audienceId, named } = created;
    this.createdAudiences.add(audienceId);
    this.#sums.audiences++;
    let members = first.members;
    const actions = ['CREATE'];
    for (let changes = random.between(0, 2); changes > 0; changes--) {
      const action = random.pick(['append', 'append', 'remove', 'replace'] as const);
      // Two at once wait for each other; only appending gives the same in either order.
      const files = action === 'append' && random.chance(0.3) ? [draw(), draw()] : [draw()];
      const size = action === 'replace' ? { confirmCurrentSize: await this.#sizeOf(audienceId) } : {};
      const changed = await Promise.all(
        files.map((file) => this.#run(random.fork(), name, file, { action, audienceId, ...size })),
      );
      if (changed.includes(null)) return;
      for (const file of files) {
        members = apply(action, members, file.members);
        actions.push(action.toUpperCase());
      }
    }
    const expected = { name: named ? name : null, actions, members };
    const verdict = await this.#patiently(() => judgeAudience(this.#product, audienceId, expected));
    this.#sums.lost += verdict.lost;
    this.#sums.doubled += verdict.doubled;
    this.#sums.members += members.size;
    this.faults.push(...verdict.faults);
  }

  /** Null when what it left is not known: a finding, unless it was cancelled while TikTok was asked. */
  async #run(random: Random, name: string, file: GeneratedFile, audience: object): Promise<Delivered | null> {
    const upload = new ResumedUpload(this.#uploads, file.bytes, random);
    const uploadId = await this.#patiently(() => upload.goOn());
    const key = `soak-${this.#sums.runs++}`;
    const request = {
      uploadId,
      connectionId: this.#connectionId,
      advertiserId: ADVERTISER,
      audience,
      ...(file.include.length > 0 ? { include: file.include } : {}),
    };
    const { id } = await this.#patiently(() => this.#product.activate(request, { 'Idempotency-Key': key }));
    const drawn = drawAct(random);
    this.#say(`${name}: ${id}, ${JSON.stringify(audience)}, ${file.description}; ${drawn.kind}`);
    const acted = act(this.#product, id, drawn);
    const run = await this.#untilEnded(id);
    await acted;
    if (run?.phase === 'canceled' && drawn.kind === 'cancel') return this.#afterCancellation(run, file);
    return this.#judged(run, file);
  }

  /** A person who cancelled tries again, unless TikTok has everything already or may have it. */
  async #afterCancellation(run: Activation, file: GeneratedFile): Promise<Delivered | null> {
    this.#sums.canceled++;
    const again = await this.#patiently(() => retry(this.#product, run));
    if (again === 'published') {
      if (run.audience.id !== null) return { audienceId: run.audience.id, named: false };
      this.faults.push(`${run.id} was published and names no audience`);
      return null;
    }
    if (again === 'unknown') {
      this.#sums.unknown++;
      this.unknownRuns.add(run.id);
      return null;
    }
    this.#say(`${run.id} was canceled, and is tried again as ${again.id}`);
    this.#sums.runs++;
    return this.#judged(await this.#untilEnded(again.id), file);
  }

  #judged(run: Activation | undefined, file: GeneratedFile): Delivered | null {
    if (run === undefined) return null;
    const audienceId = run.audience.id;
    if (run.phase !== 'completed' || audienceId === null) {
      this.faults.push(
        `${run.id} ended as ${run.phase}, audience ${audienceId}: ${JSON.stringify(run.failure)}`,
      );
      return null;
    }
    this.faults.push(...judgeLedger(run, file));
    this.#sums.rows += run.progress.rowsRead;
    return { audienceId, named: true };
  }

  async #untilEnded(id: string): Promise<Activation | undefined> {
    const begun = Date.now();
    let seen: Activation | undefined;
    while (!this.#isTooLong(begun)) {
      seen = await this.#product.activation(id).catch(() => seen);
      if (seen?.finishedAt != null) return seen;
      if (seen?.phase === 'waiting_for_approval') {
        // To approve it would ask TikTok a second time for what it may have done.
        if (seen.attention?.code === 'publication_unclear') {
          this.faults.push(`${id} cannot tell whether TikTok has taken its publication`);
          return undefined;
        }
        await this.#product.post(`/v1/activations/${id}/approve`).catch(() => undefined);
      }
      await delay(ASK_AGAIN_MS);
    }
    this.#stuck.push(
      `${id}: ${JSON.stringify({ phase: seen?.phase, waiting: seen?.waiting, attention: seen?.attention, progress: seen?.progress })}`,
    );
    return undefined;
  }

  /** The size that TikTok reports once the audience can be changed. */
  async #sizeOf(audienceId: string): Promise<number> {
    const path = `/v1/connections/${this.#connectionId}/advertisers/${ADVERTISER}/audiences?limit=100`;
    return this.#patiently(async () => {
      const { data } = await this.#product.get<{ data: Audience[] }>(path);
      const found = data.find((audience) => audience.id === audienceId);
      if (found === undefined || !found.editable) throw new Error('not editable yet');
      return found.size;
    });
  }

  /** Until it works: the part of the stack that answers may be dead at this moment. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const begun = Date.now();
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (this.#isTooLong(begun)) throw error;
        await delay(ASK_AGAIN_MS);
      }
    }
  }

  #isTooLong(begun: number): boolean {
    return Date.now() > Math.max(begun, this.#calmSince) + LIMIT_MS;
  }
}

function apply(
  action: 'append' | 'remove' | 'replace',
  before: ReadonlySet<string>,
  file: ReadonlySet<string>,
): ReadonlySet<string> {
  switch (action) {
    case 'append':
      return new Set([...before, ...file]);
    case 'remove':
      return new Set([...before].filter((member) => !file.has(member)));
    case 'replace':
      return file;
  }
}
