import { z } from 'zod';
import type { FileToUpload, TikTokClient } from './client.js';
import { TikTokError } from './errors.js';
import { multipartBody } from './multipart.js';
import type { Transport } from './transport.js';

const ENDPOINT = 'dmp/custom_audience/file/upload/';

/** TikTok looks at the end of the name; the rest is ours, so that it needs no escaping. */
const FILE_NAME = /^[A-Za-z0-9._-]{1,200}\.(?:csv|txt)$/;

const uploaded = z.object({ file_path: z.string().min(1) });

/** The upload of a prepared file, in constant memory whatever its size. */
export function fileCalls(call: Transport): Pick<TikTokClient, 'uploadFile'> {
  return {
    async uploadFile(token, file, signal) {
      if (!FILE_NAME.test(file.fileName)) {
        throw notSent('the name of the file has to be plain and end in .csv or .txt');
      }
      const { data, requestId, warning } = await call({
        method: 'POST',
        endpoint: ENDPOINT,
        token,
        advertiserId: file.advertiserId,
        upload: multipartBody(
          {
            advertiser_id: file.advertiserId,
            file_signature: file.md5,
            calculate_type: file.calculateType,
          },
          {
            name: 'file',
            fileName: file.fileName,
            contentType: 'text/csv',
            size: file.size,
            bytes: () => exactBytesOf(file),
          },
        ),
        data: uploaded,
        signal,
      });
      return { filePath: data.file_path, requestId, warning };
    },
  };
}

/**
 * The file's bytes, if they are as many as announced. With more or fewer the request would not end where TikTok
 * expects it to: the call would hang, or its rest be read as another request.
 */
async function* exactBytesOf(file: FileToUpload): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of await file.open()) {
    const bytes: Uint8Array = chunk;
    seen += bytes.length;
    if (seen > file.size) break;
    yield bytes;
  }
  if (seen !== file.size) {
    throw notSent(
      `the file holds ${seen > file.size ? 'more' : 'fewer'} bytes than the ${file.size} announced`,
    );
  }
}

function notSent(why: string): TikTokError {
  return new TikTokError('file', `${ENDPOINT} was not sent whole: ${why}`, {
    code: null,
    httpStatus: null,
    requestId: null,
    endpoint: ENDPOINT,
    advice: 'The file has to be prepared again; report it if it happens twice.',
  });
}
