import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { pageQuery } from '../http/pages.js';
import { inspection, inspectionQuery } from '../schemas/inspection.js';
import { listOf } from '../schemas/list.js';
import { upload } from '../schemas/upload.js';
import { answers, answersOther } from './responses.js';

const path = z.object({ id: z.string().meta({ description: 'Id of an upload, as upl_…' }) });
const tags = ['Uploads'];
const tusResumable = z.literal('1.0.0');
const tusHeaders = z.object({ 'Tus-Resumable': tusResumable });

export const uploadPaths: ZodOpenApiPathsObject = {
  '/v1/uploads': {
    post: {
      tags,
      summary: 'Create a resumable upload',
      description:
        'tus 1.0.0 (https://tus.io) with the extensions creation, creation-with-upload, expiration and termination. ' +
        'Any tus client does it. The last segment of Location is the id of the upload.',
      requestParams: {
        header: tusHeaders.extend({
          'Upload-Length': z.string().meta({ description: 'Bytes of the file.' }),
          'Upload-Metadata': z.string().optional().meta({ description: '`filename` and its base64.' }),
        }),
      },
      responses: answersOther(201, 'The address of the upload is in the header Location.'),
    },
    options: {
      tags,
      summary: 'What this tus server can do',
      responses: answersOther(204, 'In the headers Tus-*.'),
    },
    get: {
      tags,
      summary: 'List uploads, newest first',
      requestParams: { query: pageQuery },
      responses: answers(200, 'A page of uploads.', listOf(upload)),
    },
  },
  '/v1/uploads/{id}': {
    head: {
      tags,
      summary: 'How far an upload is',
      requestParams: { path, header: tusHeaders },
      responses: answersOther(200, 'In the headers Upload-Offset and Upload-Length.'),
    },
    patch: {
      tags,
      summary: 'Send the next bytes of an upload',
      requestParams: { path, header: tusHeaders.extend({ 'Upload-Offset': z.string() }) },
      requestBody: { content: { 'application/offset+octet-stream': { schema: { type: 'string' } } } },
      responses: answersOther(204, 'The new offset is in the header Upload-Offset.'),
    },
    delete: {
      tags,
      summary: 'Delete an upload',
      description: '409 while an activation that is not finished uses it.',
      requestParams: { path, header: tusHeaders },
      responses: answersOther(204, 'The content is deleted.'),
    },
    options: {
      tags,
      summary: 'What this tus server can do',
      requestParams: { path },
      responses: answersOther(204, 'In the headers Tus-*.'),
    },
    get: {
      tags,
      summary: 'What is known about an upload',
      description: 'Never its content, which cannot be downloaded.',
      requestParams: { path },
      responses: answers(200, 'The upload.', upload),
    },
  },
  '/v1/uploads/{id}/inspection': {
    get: {
      tags,
      summary: 'What the first rows of an upload tell',
      description: 'Encoding, delimiter, columns and the proposed mapping, with masked samples.',
      requestParams: { path, query: inspectionQuery },
      responses: answers(200, 'The inspection.', inspection),
    },
  },
};
