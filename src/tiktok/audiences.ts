import { z } from 'zod';
import { batchesOf } from './batches.js';
import type { AudienceDetails, AudienceSummary, TikTokClient } from './client.js';
import { id, nothing, text } from './fields.js';
import { quotable } from './private-words.js';
import type { Transport } from './transport.js';

/** The most that TikTok gives on one page. */
const PAGE_SIZE = 100;

type AudienceCalls = Pick<
  TikTokClient,
  | 'createAudience'
  | 'updateAudience'
  | 'renameAudience'
  | 'deleteAudiences'
  | 'getAudiences'
  | 'listAudiences'
>;

const created = z.object({ custom_audience_id: id });

const commonFields = z.object({
  audience_id: id,
  name: z.string(),
  calculate_type: text,
  cover_num: z.number(),
  is_valid: z.boolean(),
  is_expiring: z.boolean(),
  is_creator: z.boolean(),
  expired_time: text,
});

/** The same thing is called `audience_type` in `list` and `type` in `get`. */
const listed = commonFields.extend({ audience_type: z.string() });
const detailed = commonFields.extend({ type: z.string(), error_msg: text, msg: text });

const page = z.object({
  list: z.array(listed),
  page_info: z.object({ page: z.int(), total_page: z.int(), total_number: z.int() }),
});

const historyEntry = z.object({
  action: text,
  action_detail: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((value) => (value === null || value === undefined ? null : String(value))),
  editor: text,
  msg: text,
  opt_time: text,
});
const details = z.object({
  list: z.array(z.object({ audience_details: detailed, audience_history: z.array(historyEntry).nullish() })),
});

/** The calls about Custom Audiences made of customer files. */
export function audienceCalls(call: Transport): AudienceCalls {
  return {
    async createAudience(token, audience, signal, beforeSend) {
      const { data, requestId, warning } = await call({
        method: 'POST',
        endpoint: 'dmp/custom_audience/create/',
        token,
        advertiserId: audience.advertiserId,
        json: {
          advertiser_id: audience.advertiserId,
          custom_audience_name: audience.name,
          file_paths: audience.filePaths,
          calculate_type: audience.calculateType,
          ...(audience.retentionInDays === undefined ? {} : { retention_in_days: audience.retentionInDays }),
        },
        data: created,
        signal,
        beforeSend,
      });
      return { audienceId: data.custom_audience_id, requestId, warning };
    },

    async updateAudience(token, update, signal, beforeSend) {
      const { requestId, warning } = await call({
        method: 'POST',
        endpoint: 'dmp/custom_audience/update/',
        token,
        advertiserId: update.advertiserId,
        json: {
          advertiser_id: update.advertiserId,
          custom_audience_id: update.audienceId,
          action: update.action,
          file_paths: update.filePaths,
        },
        data: nothing,
        signal,
        beforeSend,
      });
      return { requestId, warning };
    },

    async renameAudience(token, rename, signal) {
      await call({
        method: 'POST',
        endpoint: 'dmp/custom_audience/update/',
        token,
        advertiserId: rename.advertiserId,
        // Without files there is nothing that TikTok's default action, REPLACE, could do.
        json: {
          advertiser_id: rename.advertiserId,
          custom_audience_id: rename.audienceId,
          custom_audience_name: rename.name,
        },
        data: nothing,
        signal,
      });
    },

    async deleteAudiences(token, advertiserId, audienceIds, signal) {
      for (const batch of batchesOf(audienceIds)) {
        await call({
          method: 'POST',
          endpoint: 'dmp/custom_audience/delete/',
          token,
          advertiserId,
          json: { advertiser_id: advertiserId, custom_audience_ids: batch },
          data: nothing,
          signal,
        });
      }
    },

    async getAudiences(token, advertiserId, audienceIds, signal) {
      const audiences: AudienceDetails[] = [];
      for (const batch of batchesOf(audienceIds)) {
        const { data } = await call({
          method: 'GET',
          endpoint: 'dmp/custom_audience/get/',
          token,
          advertiserId,
          query: { advertiser_id: advertiserId, custom_audience_ids: batch },
          data: details,
          signal,
        });
        audiences.push(...data.list.map(detailsOf));
      }
      return audiences;
    },

    async listAudiences(token, advertiserId, pageNumber, signal) {
      const { data } = await call({
        method: 'GET',
        endpoint: 'dmp/custom_audience/list/',
        token,
        advertiserId,
        query: { advertiser_id: advertiserId, page: pageNumber, page_size: PAGE_SIZE },
        data: page,
        signal,
      });
      return {
        audiences: data.list.map((item) => summaryOf(item, item.audience_type)),
        page: data.page_info.page,
        totalPages: data.page_info.total_page,
        total: data.page_info.total_number,
      };
    },
  };
}

function summaryOf(fields: z.infer<typeof commonFields>, type: string): AudienceSummary {
  return {
    audienceId: fields.audience_id,
    name: fields.name,
    type,
    calculateType: fields.calculate_type,
    coverNum: fields.cover_num,
    isValid: fields.is_valid,
    isExpiring: fields.is_expiring,
    isCreator: fields.is_creator,
    expiredTime: fields.expired_time,
  };
}

function detailsOf(item: z.infer<typeof details>['list'][number]): AudienceDetails {
  const { audience_details: fields, audience_history: history } = item;
  return {
    ...summaryOf(fields, fields.type),
    errorMessage: said(fields.error_msg),
    message: said(fields.msg),
    history: (history ?? []).map((entry) => ({
      action: entry.action,
      detail: entry.action_detail,
      editor: entry.editor,
      message: said(entry.msg),
      time: entry.opt_time,
    })),
  };
}

/** TikTok's words about an audience may quote what is wrong in its files. */
function said(words: string | null): string | null {
  return words === null ? null : quotable(words, []);
}
