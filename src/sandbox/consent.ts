import { Router } from 'express';
import { z } from 'zod';
import { ADVERTISERS } from './advertisers.js';
import { issueAuthCode } from './authorizations.js';
import { escapeHtml, htmlPage } from './html.js';
import { APP, SCOPES, withoutScopes } from './scopes.js';
import type { World } from './world.js';

const ADVERTISER_IDS = ADVERTISERS.map((advertiser) => advertiser.advertiser_id);

const query = z.object({
  app_id: z.literal(APP.id),
  redirect_uri: z.url({ protocol: /^https?$/ }),
  state: z.string().optional(),
  decision: z.enum(['approve', 'approve_without_31', 'deny']).optional(),
  /** Which advertisers are allowed; all of them by default. */
  advertiser: z
    .union([z.string().transform((id) => [id]), z.array(z.string())])
    .pipe(z.array(z.enum(ADVERTISER_IDS)))
    .default(ADVERTISER_IDS),
});

type Consent = z.infer<typeof query>;

function consentPage({ app_id, redirect_uri, state }: Consent): string {
  const hidden = Object.entries({ app_id, redirect_uri, state })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value ?? '')}">`)
    .join('');
  const advertisers = ADVERTISERS.map(
    ({ advertiser_id, name }) =>
      `<label class="check"><input type="checkbox" name="advertiser" value="${advertiser_id}" checked> ${escapeHtml(name)} <code>${advertiser_id}</code></label>`,
  ).join('');
  return htmlPage(
    'Sign in with the TikTok sandbox',
    `<div class="narrow"><section><h1>Sign in with the TikTok sandbox</h1>
<p>This page stands in for TikTok's consent page. App <code>${app_id}</code> asks to read, create and update Custom Audiences.</p>
<form method="get" action="/portal/auth">${hidden}
<fieldset><legend>For these advertisers</legend>${advertisers}</fieldset>
<div class="row"><button class="main" name="decision" value="approve">Approve</button>
<button name="decision" value="approve_without_31">Approve without permission 31 (create and update audiences)</button>
<button class="danger" name="decision" value="deny">Deny</button></div>
</form>
<p class="quiet">You will be sent back to <code>${escapeHtml(redirect_uri)}</code>.</p></section></div>`,
  );
}

/**
 * `/portal/auth`: the page on which an advertiser allows the app. `decision` presses a button, for scripts;
 * `advertiser` (repeatable) chooses advertisers. Approving sends back `auth_code`, `code` and `state`, denying only `state`:
 * what TikTok sends then is not documented.
 */
export function consentRoutes({ store, clock }: World): Router {
  const router = Router();
  router.get('/portal/auth', (request, response) => {
    const parsed = query.safeParse(request.query);
    if (!parsed.success) {
      const fields = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))].join(', ');
      response
        .status(400)
        .send(
          htmlPage(
            'Sign-in not possible',
            `<div class="narrow"><section><h1>Sign-in not possible</h1><p>Check these parameters: ${escapeHtml(fields)}.</p></section></div>`,
          ),
        );
      return;
    }
    const consent = parsed.data;
    if (consent.decision === undefined) {
      response.send(consentPage(consent));
      return;
    }
    const back = new URL(consent.redirect_uri);
    if (consent.decision !== 'deny') {
      const scopes =
        consent.decision === 'approve'
          ? store.current.appScopes
          : withoutScopes(store.current.appScopes, [SCOPES.writeAudiences]);
      const code = issueAuthCode(store, { advertiserIds: consent.advertiser, scopes }, clock.now());
      back.searchParams.set('auth_code', code);
      back.searchParams.set('code', code);
    }
    if (consent.state !== undefined) back.searchParams.set('state', consent.state);
    response.redirect(302, back.href);
  });
  return router;
}
