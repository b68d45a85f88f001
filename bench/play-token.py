# A bearer token of the sandbox, by its own service account. usage: play-token.py KEY.json SANDBOX_URL
import base64, datetime, json, subprocess, sys, tempfile, urllib.parse, urllib.request

account, url = json.load(open(sys.argv[1])), sys.argv[2]
now = json.load(urllib.request.urlopen(url + '/_sandbox/clock'))['now']
iat = int(datetime.datetime.fromisoformat(now.replace('Z', '+00:00')).timestamp())
part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b'=').decode()
text = part({'alg': 'RS256', 'typ': 'JWT'}) + '.' + part({
    'iss': account['client_email'], 'aud': account['token_uri'], 'iat': iat, 'exp': iat + 3600,
    'scope': 'https://www.googleapis.com/auth/androidpublisher'})
with tempfile.NamedTemporaryFile('w', suffix='.pem') as key:
    key.write(account['private_key']); key.flush()
    raw = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', key.name], input=text.encode(), capture_output=True, check=True).stdout
assertion = text + '.' + base64.urlsafe_b64encode(raw).rstrip(b'=').decode()
form = urllib.parse.urlencode({'grant_type': 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'assertion': assertion}).encode()
print(json.load(urllib.request.urlopen(account['token_uri'], form))['access_token'])
