# Signs requests again with Amazon's own library (python3-botocore) and compares. Reads a JSON list of
# {"method", "url", "headers", "body", "service"} from standard input; `headers` are those that were sent.
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

access_key, secret_key, region = sys.argv[1:4]
bad = 0
requests = json.load(sys.stdin)
for one in requests:
    sent = {name.lower(): value for name, value in one["headers"].items()}
    signed = sent["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    token = sent.get("x-amz-security-token")
    signer = botocore.auth.SigV4Auth(Credentials(access_key, secret_key, token), one["service"], region)
    kept = {name: sent[name] for name in signed if not name.startswith("x-amz-date")}
    request = AWSRequest(method=one["method"], url=one["url"], data=one["body"].encode(), headers=kept)
    request.headers["X-Amz-Date"] = sent["x-amz-date"]
    request.context["timestamp"] = sent["x-amz-date"]
    string_to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    expected = signer.signature(string_to_sign, request)
    if not sent["authorization"].endswith("Signature=" + expected):
        bad += 1
        print(one["url"], sent["authorization"], "is not", expected)
    names = signer.signed_headers(signer.headers_to_sign(request))
    if names != ";".join(signed):
        bad += 1
        print("signed are", signed, "and not", names)
print(len(requests), "requests,", bad, "bad")
sys.exit(1 if bad else 0)
