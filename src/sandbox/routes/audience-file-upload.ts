import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Endpoint } from '../api-call.js';
import { kindOfType } from '../calculate-type.js';
import { parseFields, requireAdvertiser } from '../checks.js';
import { idField } from '../fields.js';
import { refusals } from '../invented.js';
import { keepFile } from '../kept-files.js';
import { type ReceivedFile, receiveForm } from '../multipart.js';
import { SCOPES } from '../scopes.js';

const fields = z.object({
  advertiser_id: idField,
  file_signature: z.string().min(1),
  calculate_type: z.string().min(1),
  file: z.custom<ReceivedFile>((value) => value !== undefined),
});

function checkFile(file: ReceivedFile, signature: string, maximumBytes: number): void {
  if (!/\.(csv|txt)$/.test(file.fileName)) throw refusals.fileExtension();
  if (file.size === 0) throw refusals.emptyFile();
  if (file.size > maximumBytes) throw refusals.fileTooLarge();
  if (file.md5 !== signature.toLowerCase()) throw refusals.signatureMismatch();
}

/**
 * Keeps a file's bytes and gives 16 lower-case hex digits, with which only the same advertiser can name it. Values that
 * are no identifiers are taken in silence.
 */
export const audienceFileUpload: Endpoint = {
  path: 'dmp/custom_audience/file/upload/',
  method: 'POST',
  access: SCOPES.writeAudiences,
  async handle(call, world) {
    const received = join(world.store.incomingDir, randomBytes(8).toString('hex'));
    const { maximumFileBytes, unknownCalculateType } = world.store.current.settings;
    try {
      const form = await receiveForm(call.request, received, maximumFileBytes);
      const upload = parseFields(fields, { ...form.fields, file: form.file ?? undefined });
      if (kindOfType(upload.calculate_type) === undefined) {
        throw refusals.calculateType(unknownCalculateType);
      }
      requireAdvertiser(world, call, upload.advertiser_id);
      checkFile(upload.file, upload.file_signature, maximumFileBytes);
      const { fileName, size, md5 } = upload.file;
      const owner = { advertiserId: upload.advertiser_id, calculateType: upload.calculate_type };
      return { file_path: await keepFile(world, received, owner, { fileName, size, md5 }) };
    } finally {
      await rm(received, { force: true });
    }
  },
};
