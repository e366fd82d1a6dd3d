import type { ConnectionAccess } from '../../connections/access.js';
import type { AccessTarget } from '../../connections/access-target.js';
import { recordAudiencesUsed } from '../../database/connections.js';
import type { Database } from '../../database/open-database.js';
import type { AudienceSummary } from '../../tiktok/client.js';
import type { Audience } from '../schemas/audience.js';

const CUSTOMER_FILE = 'Customer File Audience';
/** "2038-01-01 00:00:00" stands for "never" in TikTok's lists. */
const NEVER = '2038-01-01 00:00:00';

/** The advertiser's Customer File audiences; TikTok allows 400 of all kinds. */
export async function listCustomerFileAudiences(
  deps: { readonly db: Database; readonly access: ConnectionAccess },
  target: AccessTarget,
): Promise<Audience[]> {
  return deps.access.withAccess(target, async ({ tiktok, token }) => {
    const audiences: AudienceSummary[] = [];
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await tiktok.listAudiences(token, target.advertiserId, page);
      audiences.push(...answer.audiences);
      pages = answer.totalPages;
      // The number was read at the sign-in; whoever looks at the list sees it grow.
      if (page === 1) await recordAudiencesUsed(deps.db, target, answer.total);
    }
    return audiences.filter(({ type }) => type === CUSTOMER_FILE).map(view);
  });
}

function view(audience: AudienceSummary): Audience {
  const { audienceId, name, coverNum, calculateType, isCreator, isValid } = audience;
  return {
    id: audienceId,
    name,
    size: coverNum,
    type: calculateType,
    editable: isCreator && isValid,
    expires: expiry(audience.expiredTime),
  };
}

/** Lists give times in UTC, as `YYYY-MM-DD HH:MM:SS`. */
function expiry(time: string | null): string | null {
  if (time === null || time === NEVER) return null;
  const date = new Date(`${time.replace(' ', 'T')}Z`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
