import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Visible to everybody who may see the namespace and never encrypted: ids and phases only. */
export const activationPhase = defineSearchAttributeKey('ActivationPhase', SearchAttributeType.KEYWORD);
export const connectionId = defineSearchAttributeKey('ConnectionId', SearchAttributeType.KEYWORD);
export const advertiserId = defineSearchAttributeKey('AdvertiserId', SearchAttributeType.KEYWORD);

export const SEARCH_ATTRIBUTES = [activationPhase, connectionId, advertiserId];
