// Google's own client takes a release all the way through the built-in Google Play: insert, upload, 5 %, 20 %, halt,
// resume, 100 %. One line of JSON for each answer. Nothing here knows the sandbox but its address.
//   PLAY_URL=http://127.0.0.1:1234 PLAY_ACCOUNT=key.json PLAY_BUNDLE=app.aab node play_rollout.js
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { androidpublisher, auth } = require('@googleapis/androidpublisher');

const packageName = 'com.example.charge';
const track = 'production';
const base = process.env.PLAY_URL;
const account = JSON.parse(fs.readFileSync(process.env.PLAY_ACCOUNT, 'utf8'));

function say(what, value) {
  process.stdout.write(JSON.stringify({ what, value }) + '\n');
}

// The library asks Google for tokens, wherever the key says they are to be had.
function signIn() {
  const jwt = new auth.JWT({
    email: account.client_email,
    key: account.private_key,
    keyId: account.private_key_id,
    scopes: ['https://www.googleapis.com/auth/androidpublisher'],
  });
  jwt.additionalClaims = { aud: account.token_uri };
  jwt.transporter.interceptors.request.add({
    resolved: async (config) => {
      if (String(config.url) === 'https://oauth2.googleapis.com/token') config.url = account.token_uri;
      return config;
    },
  });
  return jwt;
}

const play = androidpublisher({ version: 'v3', auth: signIn() });
// With every call: given once for all, `rootUrl` would lose its path, and uploads would not know of it. `retry`: a test
// wants to see the first answer.
const here = { rootUrl: base + '/play/', retry: false };

const bundle = () => ({ mimeType: 'application/octet-stream', body: fs.createReadStream(process.env.PLAY_BUNDLE) });

async function inEdit(change) {
  const edit = (await play.edits.insert({ packageName, requestBody: {} }, here)).data;
  const in_it = { packageName, editId: edit.id };
  await change(in_it);
  const same = (await play.edits.get(in_it, here)).data;
  assert.strictEqual(same.id, edit.id);
  await play.edits.validate(in_it, here);
  const done = (await play.edits.commit({ ...in_it, changesInReviewBehavior: 'ERROR_IF_IN_REVIEW' }, here)).data;
  assert.strictEqual(done.id, edit.id);
}

// The whole list, with the release of `code` as it is to be.
async function setRelease(in_it, code, wanted) {
  const before = (await play.edits.tracks.get({ ...in_it, track }, here)).data;
  const others = before.releases.filter((one) => !one.versionCodes.includes(String(code)) && one.status === 'completed');
  const release = { name: '3.4.0', versionCodes: [String(code)], ...wanted };
  const releases = wanted.status === 'completed' ? [release] : [release, ...others];
  const written = (await play.edits.tracks.update({ ...in_it, track, requestBody: { track, releases } }, here)).data;
  const mine = written.releases.find((one) => one.versionCodes.includes(String(code)));
  assert.strictEqual(mine.status, wanted.status);
  assert.strictEqual(mine.userFraction, wanted.userFraction);
  say(wanted.status, mine.userFraction ?? 1);
}

async function uploadAndStart() {
  let code = 0;
  await inEdit(async (in_it) => {
    const uploaded = (
      await play.edits.bundles.upload({ ...in_it, media: bundle() }, here)
    ).data;
    code = uploaded.versionCode;
    say('uploaded', uploaded);
    const bundles = (await play.edits.bundles.list(in_it, here)).data.bundles;
    assert.ok(bundles.some((one) => one.sha256 === uploaded.sha256));
    const tracks = (await play.edits.tracks.list(in_it, here)).data.tracks;
    assert.ok(tracks.some((one) => one.track === track));
    const releaseNotes = [{ language: 'en-US', text: 'Faster charging.' }];
    await setRelease(in_it, code, { status: 'inProgress', userFraction: 0.05, releaseNotes });
  });
  return code;
}

async function refusals(code) {
  const wrong = async (what, call) => {
    const error = await call.then(() => null, (reason) => reason);
    assert.ok(error, what + ' was accepted');
    say('refused', { what, status: error.status ?? error.response?.status, message: error.message });
  };
  const first = (await play.edits.insert({ packageName }, here)).data;
  const second = (await play.edits.insert({ packageName }, here)).data;
  await wrong('an edit that another one ended', play.edits.get({ packageName, editId: first.id }, here));
  const in_it = { packageName, editId: second.id };
  await wrong('a version code used before', play.edits.bundles.upload({ ...in_it, media: bundle() }, here));
  const text = { mimeType: 'application/octet-stream', body: 'no bundle' };
  await wrong('a bundle that is none', play.edits.bundles.upload({ ...in_it, media: text }, here));
  const whole = { name: '3.4.0', versionCodes: [String(code)], status: 'inProgress', userFraction: 1.0 };
  const body = { track, releases: [whole] };
  await wrong('a fraction of one', play.edits.tracks.update({ ...in_it, track, requestBody: body }, here));
  await wrong('another package', play.edits.insert({ packageName: 'com.example.other' }, here));
  await play.edits.delete(in_it, here);
}

async function main() {
  const code = await uploadAndStart();
  const review = { app: 'android', version: '3.4.0', outcome: 'approved' };
  await fetch(base + '/_sandbox/review', { method: 'POST', body: JSON.stringify(review) });
  const change = (wanted) => inEdit((in_it) => setRelease(in_it, code, wanted));
  await change({ status: 'inProgress', userFraction: 0.2 });
  await change({ status: 'halted', userFraction: 0.2 });
  await change({ status: 'inProgress', userFraction: 0.2 });
  await refusals(code);
  await change({ status: 'completed' });
  const parent = `applications/${packageName}/tracks/${track}`;
  const listed = (await play.applications.tracks.releases.list({ parent }, here)).data.releases;
  say('listed', listed);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n${JSON.stringify(error.response?.data ?? null)}\n`);
  process.exitCode = 1;
});
