import { ADVERTISERS } from './advertisers.js';
import { APP } from './scopes.js';

/** First calls for people: sign in, upload, create, look. For a shell with curl, md5sum and sed. */
export function usageText(url: string): string {
  const advertiser = ADVERTISERS[0]?.advertiser_id ?? '';
  return `API=${url}/open_api/v1.3
# sign in as a person would, and exchange the code for a token
CODE=$(curl -s -o /dev/null -w '%{redirect_url}' '${url}/portal/auth?app_id=${APP.id}&redirect_uri=http://localhost/callback&decision=approve' | sed 's/.*auth_code=\\([0-9a-f]*\\).*/\\1/')
TOKEN=$(curl -s $API/oauth2/access_token/ -H 'Content-Type: application/json' -d '{"app_id":"${APP.id}","secret":"${APP.secret}","auth_code":"'$CODE'"}' | sed 's/.*"access_token":"\\([0-9a-f]*\\)".*/\\1/')

# upload a file of SHA-256 digests, one a line, and create an audience of it
FILE=$(curl -s $API/dmp/custom_audience/file/upload/ -H "Access-Token: $TOKEN" -F advertiser_id=${advertiser} -F calculate_type=EMAIL_SHA256 -F file_signature=$(md5sum < emails.csv | cut -c1-32) -F file=@emails.csv | sed 's/.*"file_path":"\\([0-9a-f]*\\)".*/\\1/')
curl -s $API/dmp/custom_audience/create/ -H "Access-Token: $TOKEN" -H 'Content-Type: application/json' -d '{"advertiser_id":"${advertiser}","custom_audience_name":"First try","calculate_type":"EMAIL_SHA256","file_paths":["'$FILE'"]}'

# look at it; arrays in a query are JSON
curl -s -G $API/dmp/custom_audience/list/ -H "Access-Token: $TOKEN" -d advertiser_id=${advertiser}

# let the second create fail, then see who called what
curl -s ${url}/_sandbox/faults -H 'Content-Type: application/json' -d '{"endpoint":"dmp/custom_audience/create/","kind":"reset-after","after":1}'
curl -s ${url}/_sandbox/calls`;
}
