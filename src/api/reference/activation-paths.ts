import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { activation } from '../schemas/activation.js';
import {
  activationRequest,
  activationsRequest,
  formActivationRequest,
  formActivationsRequest,
} from '../schemas/activation-request.js';
import { activationsQuery } from '../schemas/activations-query.js';
import { listOf } from '../schemas/list.js';
import { part } from '../schemas/part.js';
import { rejectedRow, rejectedRowsQuery } from '../schemas/rejected-row.js';
import { signalQuery } from '../schemas/signal-query.js';
import { answers, answersOther, PROBLEM } from './responses.js';

const path = z.object({ id: z.string().meta({ description: 'Id of an activation, as act_…' }) });
const tags = ['Activations'];
const binary = z
  .string()
  .meta({ description: 'The customer file.', override: { type: 'string', format: 'binary' } });

function signal(summary: string): ZodOpenApiOperationObject {
  return {
    tags,
    summary,
    description: '409 with the phase when it makes no sense for the run.',
    requestParams: { path, query: signalQuery },
    responses: answers(202, 'The run was told. It follows at its next boundary.', activation),
  };
}

export const activationPaths: ZodOpenApiPathsObject = {
  '/v1/activations': {
    post: {
      tags,
      summary: 'Start an activation, or one for each of several destinations',
      description:
        'With `destinations` in place of one destination the answer is a list of activations, which share the file and ' +
        'what is prepared of it, and succeed, wait or fail each by itself. All are accepted or none.',
      requestParams: {
        header: z.object({
          'Idempotency-Key': z.string().min(1).max(255).optional().meta({
            description: 'The same key and body again give the same activation; another body is 422.',
          }),
        }),
      },
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: z.union([activationRequest, activationsRequest]) },
          'multipart/form-data': {
            schema: z.object({
              file: binary,
              activation: z.union([formActivationRequest, formActivationsRequest]),
            }),
          },
        },
      },
      responses: answers(
        202,
        'Accepted. The address of a single activation is in the header Location.',
        z.union([activation, z.object({ data: z.array(activation) })]),
      ),
    },
    get: {
      tags,
      summary: 'List activations, newest first',
      requestParams: { query: activationsQuery },
      responses: answers(200, 'A page of activations.', listOf(activation)),
    },
  },
  '/v1/activations/{id}': {
    get: {
      tags,
      summary: 'Where an activation stands',
      requestParams: { path },
      responses: answers(200, 'The activation.', activation),
    },
  },
  '/v1/activations/{id}/events': {
    get: {
      tags,
      summary: 'Follow an activation',
      description: 'Server-sent events: the activation each time it changes, until it is over.',
      requestParams: { path, header: z.object({ 'Last-Event-ID': z.string().optional() }) },
      responses: {
        ...answersOther(200, 'The data of each event is an activation.', {
          'text/event-stream': { schema: { type: 'string' } },
        }),
        204: { description: 'The activation is over, and `Last-Event-ID` names its last event.' },
      },
    },
  },
  '/v1/activations/{id}/parts': {
    get: {
      tags,
      summary: 'The ledger by part',
      requestParams: { path },
      responses: answers(200, 'All parts.', listOf(part)),
    },
  },
  '/v1/activations/{id}/rejected-rows': {
    get: {
      tags,
      summary: 'What was not sent, and why',
      description: 'Line, column, identifier and reason; never a value. As CSV with `format=csv`.',
      requestParams: { path, query: rejectedRowsQuery },
      responses: {
        200: {
          description: 'All rejected rows of the parts that are prepared.',
          content: {
            'application/json': { schema: listOf(rejectedRow) },
            'text/csv': { schema: { type: 'string' } },
          },
        },
        default: PROBLEM,
      },
    },
  },
  '/v1/activations/{id}/retry': {
    post: {
      tags,
      summary: 'Start a failed or canceled run again',
      description:
        'A new run of the same request, on what was prepared already. Asked twice, it gives the same new run, and 409 ' +
        'with `retriedAs` once that has failed or was canceled too. 409 with the phase for a run that is open or has ' +
        'completed, whose upload is gone, whose connection is disconnected or lacks the advertiser, or which TikTok has ' +
        'taken already or may have.',
      requestParams: { path },
      responses: answers(202, 'The new run. Its address is in the header Location.', activation),
    },
  },
  '/v1/activations/{id}/pause': { post: signal('Pause a run') },
  '/v1/activations/{id}/resume': {
    post: signal('Let a paused run go on. A run that is not paused stays as it is'),
  },
  '/v1/activations/{id}/approve': { post: signal('Say yes to what a run asks (phase waiting_for_approval)') },
  '/v1/activations/{id}/reject': { post: signal('Say no to what a run asks: it ends') },
  '/v1/activations/{id}/cancel': { post: signal('Stop a run') },
  '/v1/activations/{id}/reconnected': { post: signal('Tell a waiting run that TikTok was reconnected') },
};
