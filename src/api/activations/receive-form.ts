import type { Readable } from 'node:stream';
import busboy from 'busboy';
import type { Request } from 'express';
import { drainRequest } from '../http/drain-request.js';
import { parseBody } from '../http/parse-request.js';
import { Problem } from '../http/problem.js';
import {
  type FormActivationRequest,
  formActivationRequest,
  formActivationsRequest,
  hasDestinations,
} from '../schemas/activation-request.js';
import { tooLargeFor } from '../uploads/largest-upload.js';

/** The field is JSON of the size of other bodies. */
const LARGEST_FIELD_BYTES = 1024 * 1024;

export interface ReceivedForm<File> {
  readonly activation: FormActivationRequest;
  readonly file: File;
}

/**
 * Reads the form `file`, `activation`, in either order. Whatever goes wrong, the file that `keep` made is handed to `drop`.
 *
 * @param keep takes the file's bytes while they arrive; they break off when the form is refused.
 */
export async function receiveForm<File>(
  request: Request,
  options: {
    readonly maxFileBytes: number;
    readonly keep: (filename: string | undefined, bytes: Readable) => Promise<File>;
    readonly drop: (file: File) => Promise<void>;
  },
): Promise<ReceivedForm<File>> {
  let activation: FormActivationRequest | null = null;
  let keeping: Promise<File> | null = null;
  try {
    await readParts(request, options.maxFileBytes, {
      onActivation(text) {
        if (activation !== null) throw wrongForm('The field "activation" occurs twice.');
        activation = parseActivation(text);
      },
      onFile(filename, bytes) {
        if (keeping !== null) throw wrongForm('The field "file" occurs twice.');
        keeping = options.keep(filename, bytes);
        return keeping;
      },
    });
    return requireBoth<File>(activation, keeping === null ? null : { file: await keeping });
  } catch (error) {
    const kept = await keptFile<File>(keeping);
    if (kept !== null) await options.drop(kept.file);
    throw error;
  }
}

function requireBoth<File>(
  activation: FormActivationRequest | null,
  kept: { readonly file: File } | null,
): ReceivedForm<File> {
  if (kept === null) throw wrongForm('The field "file" with the customer file is missing.');
  if (activation === null)
    throw wrongForm('The field "activation" with the JSON of the activation is missing.');
  return { activation, file: kept.file };
}

async function keptFile<File>(keeping: Promise<File> | null): Promise<{ readonly file: File } | null> {
  if (keeping === null) return null;
  try {
    return { file: await keeping };
  } catch {
    // Already cleared up by whoever failed to keep it, and reported by the first failure.
    return null;
  }
}

interface PartHandlers {
  onActivation(text: string): void;
  onFile(filename: string | undefined, bytes: Readable): Promise<unknown>;
}

function readParts(request: Request, maxFileBytes: number, handlers: PartHandlers): Promise<void> {
  return new Promise((resolve, reject) => {
    const form = openForm(request, maxFileBytes);
    let openFile: Readable | null = null;
    /** The parser goes on with what it holds already when a form is refused: that counts no more. */
    let refused = false;
    const fail = (error: unknown) => {
      refused = true;
      request.unpipe(form);
      drainRequest(request);
      openFile?.destroy(new Error('the form was refused'));
      reject(error);
    };
    const guarded = (handle: () => void) => {
      try {
        handle();
      } catch (error) {
        fail(error);
      }
    };
    form.on('field', (name, value, { valueTruncated }) => {
      if (refused) return;
      guarded(() => {
        if (name !== 'activation') throw wrongForm(`The form has no field ${named(name)}.`);
        if (valueTruncated) throw tooLarge('The field "activation" may have at most 1 MB.');
        handlers.onActivation(value);
      });
    });
    form.on('file', (name, bytes, { filename }) => {
      // A destroyed part still errs when the form ends; the first failure has been reported.
      bytes.on('error', () => undefined);
      if (refused) {
        bytes.destroy();
        return;
      }
      openFile = bytes;
      guarded(() => {
        if (name !== 'file') throw wrongForm(`The form has no file field ${named(name)}.`);
        bytes.once('limit', () => fail(tooLarge(tooLargeFor(maxFileBytes))));
        handlers.onFile(filename, bytes).catch(fail);
      });
    });
    // Also more than once, for each damaged part.
    form.on('error', () => fail(wrongForm('The form could not be read: it is damaged or ends too early.')));
    form.once('close', resolve);
    request.once('close', () => {
      if (!request.complete) fail(wrongForm('The connection broke before the end of the form.'));
    });
    request.pipe(form);
  });
}

/** The parser's types leave out that a part may have no name. */
function named(name: string | undefined): string {
  return name === undefined ? 'without a name' : `"${name.slice(0, 50)}"`;
}

function openForm(request: Request, maxFileBytes: number): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      // Browsers send file names in UTF-8.
      defParamCharset: 'utf8',
      limits: { fileSize: maxFileBytes, fieldSize: LARGEST_FIELD_BYTES },
    });
  } catch (error) {
    throw wrongForm('The header Content-Type of the form is not complete: the boundary is missing.', {
      cause: error,
    });
  }
}

function parseActivation(text: string): FormActivationRequest {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Problem({
      status: 400,
      code: 'malformed_json',
      title: 'The field "activation" is not JSON',
      detail: 'The field "activation" could not be read as JSON.',
    });
  }
  return hasDestinations(body)
    ? parseBody(formActivationsRequest, body)
    : parseBody(formActivationRequest, body);
}

function wrongForm(detail: string, options?: ErrorOptions): Problem {
  return new Problem(
    {
      status: 400,
      code: 'malformed_form',
      title: 'The form is not as it should be',
      detail: `${detail} Send multipart/form-data with the fields "file" and "activation".`,
    },
    options,
  );
}

function tooLarge(detail: string): Problem {
  return new Problem({ status: 413, code: 'upload_too_large', title: 'The form is too large', detail });
}
