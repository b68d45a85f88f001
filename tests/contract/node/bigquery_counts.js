// Google's own client for BigQuery counts crashes in the built-in one: a query with parameters, one that is not complete
// at once, a dry run, and refusals. One line of JSON for each answer. Nothing here knows the fake but its address.
//   BIGQUERY_URL=http://127.0.0.1:1234 BIGQUERY_ACCOUNT=key.json node bigquery_counts.js
'use strict';
const fs = require('node:fs');
const { BigQuery } = require('@google-cloud/bigquery');
const { JWT } = require('google-auth-library');

const account = JSON.parse(fs.readFileSync(process.env.BIGQUERY_ACCOUNT, 'utf8'));
const scopes = ['https://www.googleapis.com/auth/bigquery.readonly'];

function say(what, value) {
  process.stdout.write(JSON.stringify({ what, value }) + '\n');
}

// The library asks Google for tokens, wherever the key says they are to be had.
function signIn() {
  const jwt = new JWT({ email: account.client_email, key: account.private_key, keyId: account.private_key_id, scopes });
  jwt.additionalClaims = { aud: account.token_uri };
  jwt.transporter.interceptors.request.add({
    resolved: async (config) => {
      if (String(config.url) === 'https://oauth2.googleapis.com/token') config.url = account.token_uri;
      return config;
    },
  });
  return jwt;
}

const bigquery = new BigQuery({
  projectId: 'charge-prod',
  apiEndpoint: process.env.BIGQUERY_URL,
  authClient: signIn(),
  autoRetry: false,
});

const query =
  'SELECT COUNT(*) AS exposures, COUNTIF(error_type IS NOT NULL) AS events\n' +
  'FROM `firebase_crashlytics.com_example_charge_ANDROID_REALTIME`\n' +
  'WHERE application.display_version = @version';
const asked = { query, params: { version: '3.4.0' }, location: 'EU', maximumBytesBilled: '10000000000' };

async function refused(what, question) {
  const error = await bigquery.query(question).then(() => null, (reason) => reason);
  say('refused', { what, code: error?.code, reason: error?.errors?.[0]?.reason, message: error?.message });
}

async function main() {
  const [rows] = await bigquery.query(asked);
  say('rows', rows);
  const [later] = await bigquery.query({ ...asked, labels: { wait: 'yes' } });
  say('rows', later);
  const [job] = await bigquery.createQueryJob({ ...asked, dryRun: true });
  say('bytes', job.metadata.statistics.totalBytesProcessed);
  await refused('an unknown table', { ...asked, query: query.replace('REALTIME', 'HISTORY') });
  await refused('an unknown column', { ...asked, query: query.replace('display_version', 'versoin') });
  await refused('a parameter that is missing', { ...asked, params: { build: '341' } });
  await refused('too many bytes', { ...asked, maximumBytesBilled: '1000' });
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n${JSON.stringify(error.errors ?? null)}\n`);
  process.exitCode = 1;
});
