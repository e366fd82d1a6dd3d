import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
export const activationPhase = defineSearchAttributeKey('ActivationPhase', SearchAttributeType.KEYWORD);
export const connectionId = defineSearchAttributeKey('ConnectionId', SearchAttributeType.KEYWORD);
export const advertiserId = defineSearchAttributeKey('AdvertiserId', SearchAttributeType.KEYWORD);
export const SEARCH_ATTRIBUTES = [activationPhase, connectionId, advertiserId];
