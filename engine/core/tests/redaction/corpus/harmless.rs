//! What is no secret: what logs are full of, and what only looks like one.

use rand::RngExt as _;
use rand::rngs::StdRng;

/// Lines such as most are.
const ORDINARY: &[&str] = &[
    "{}\"level\":\"info\",\"ts\":\"2026-11-20T10:00:00.{dig:3}Z\",\"logger\":\"http\",\"msg\":\"request\",\"method\":\"GET\",\"path\":\"/api/v1/{word}/{n:5}\",\"status\":200,\"took_ms\":{n:3}}",
    "level=info ts=2026-11-20T10:00:00.{dig:3}Z caller=handler.go:{n:3} msg=\"request served\" path=/api/v1/{word} status=200 duration={n:3}ms",
    "10.0.{n:2}.{n:2} - - [20/Nov/2026:10:00:00 +0000] \"GET /{word}/{n:6} HTTP/1.1\" 200 {n:5} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0\"",
    "2026-11-20 10:00:00.{dig:3} UTC [{n:5}] LOG:  duration: {n:3}.{dig:3} ms  execute S_{n:2}: SELECT id, total FROM {word} WHERE customer = $1",
    "WARN  c.s.{word}.Retry - retry {n:1} of 5 for order {n:7}: connection to 10.0.9.4:5432 timed out",
    "I1120 10:00:00.{dig:6}    {n:4} kubelet.go:2430] \"SyncLoop (PLEG): event for pod\" pod=\"shop/{word}-7d9f5c-x2vqz\"",
    "E1120 10:00:00.{dig:6}    {n:4} pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"app\\\" with CrashLoopBackOff\" pod=\"shop/{word}-0\"",
    "time=\"2026-11-20T10:00:00.{dig:9}Z\" level=info msg=\"StartContainer for \\\"{word}\\\" returns successfully\"",
    "java.lang.IllegalStateException: no {word} for order {n:6}\n\tat com.shop.{word}.Service.find(Service.java:{n:3})\n\tat com.shop.{word}.Controller.get(Controller.java:{n:2})\n\tat java.base/java.lang.Thread.run(Thread.java:1583)",
    "goroutine {n:4} [running]:\nmain.(*Server).handle(0xc000{hex:6}, {}0x{hex:6}, 0xc000{hex:6}})\n\t/src/{word}/server.go:{n:3} +0x{hex:3}",
    "kernel: audit: type=1400 audit(1795168800.{dig:3}:{n:4}): avc:  denied  {} read } for  pid={n:5} comm=\"{word}\"",
    "{word} consumer group rebalanced: {n:2} partitions, lag {n:5}, generation {n:3}",
];

/// What looks like secrets and is none.
const ALIKE: &[&str] = &[
    // Digests and ids.
    "Pulled image registry.example.com/{word}@sha256:{hex:64} in 1.{dig:3}s",
    "sha256:{hex:64}: Pull complete",
    "containerd: RunPodSandbox for shop/{word} returns sandbox id \"{hex:64}\"",
    "HEAD is now at {hex:40} Merge branch '{word}'",
    "trace_id={hex:32} span_id={hex:16} sampled=true",
    "traceparent: 00-{hex:32}-{hex:16}-01",
    "x-request-id: {uuid}",
    "etag: \"{hex:32}\"",
    "integrity sha512-{b64:86}==",
    "x-amz-request-id: {up:16} x-amz-id-2: {b64:76}",
    "uploaded part 3, ETag \"{hex:32}-7\", md5 {b64:22}==",
    "pod uid {uuid} has volumes still mounted",
    "resourceVersion: \"{n:9}\" uid: {uuid} generation: {n:2}",
    "SHA256:{b64:43} is the host's fingerprint",
    "fingerprint {hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}:{hex:2}",
    "cache key orders:{n:5}:{hex:40} missed",
    "message {uuid} with key={uuid} on partition {n:2}",
    "build {hex:7} of {word}:v1.{n:2}.{n:1}-{hex:12}",
    // Names of cloud and cluster.
    "arn:aws:iam::{dig:12}:role/eksctl-prod-NodeInstanceRole-{up:12}",
    "arn:aws:secretsmanager:eu-west-1:{dig:12}:secret:shop/{word}-{alnum:6}",
    "instance i-0{hex:16} in subnet-0{hex:16} of vpc-0{hex:16}",
    "AWS_ROLE_ARN=arn:aws:iam::{dig:12}:role/{word}",
    "AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    "assumed role AROA{up:17}:botocore-session-{dig:10}",
    "MountVolume.SetUp succeeded for volume \"kube-api-access-{low:5}\" (UniqueName: \"kubernetes.io/projected/{uuid}-kube-api-access-{low:5}\")",
    // Names and words of secrets without one.
    "valueFrom:\n  secretKeyRef:\n    name: {word}-credentials\n    key: password",
    "passwordSecretRef: {word}-db",
    "imagePullSecrets:\n- name: registry-{word}",
    "secret/{word}-credentials configured",
    "envFrom: secretRef: name: {word}-env optional: false",
    "POSTGRES_PASSWORD_FILE=/run/secrets/postgres-password",
    "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key --service-account-key-file=/etc/kubernetes/pki/sa.pub",
    "--token-auth-file=/etc/kubernetes/tokens.csv --authorization-mode=Node,RBAC",
    "the token has expired, and a new token was asked for",
    "tokenExpirationSeconds: 3607 audience: sts.amazonaws.com",
    "max_tokens=4096 tokens_used={n:4} token_type=bearer",
    "invalid password for user {word}: 3 attempts are left",
    "Failed password for invalid user {word} from 10.0.{n:2}.{n:2} port {n:5} ssh2",
    "password authentication failed for user \"{word}\"",
    "connection authorized: user={word} database=shop application_name=psql",
    "the password policy asks for 12 characters; the secret is rotated every 90 days",
    "syntax error: unexpected token '}' at line {n:3}",
    "unexpected token: identifier near \"{word}\"",
    "author: {word} authority: shop key: {word}",
    "session {n:5} opened for user root by (uid=0)",
    "keys: {n:3} expired: {n:2} evicted: {n:2} keyspace_hits: {n:6}",
    "authenticated as system:serviceaccount:shop:{word}",
    // Placeholders.
    "password: ******** token: <redacted> secret: ***",
    "DB_PASSWORD=${}DB_PASSWORD}",
    "password=$(cat /run/secrets/db)",
    "password: \"\" token: null apiKey: undefined",
    "{}\"password\":\"[FILTERED]\",\"user\":\"{word}\"}",
    "password={}{} .Values.db.password }}",
    "postgres://user:****@db:5432/shop",
    "Authorization: Bearer <token>",
    "api_key=YOUR_API_KEY",
    // Addresses without a password.
    "redis://cache:6379/0 is connected",
    "postgres://app@db.internal:5432/shop?sslmode=require",
    "https://example.com/{word}?page=2&sort=asc&limit=50",
    "GET https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
    "git@github.com:shop/{word}.git",
    "10:00:00 user@10.0.{n:2}.{n:2}:8080",
    // What is packed or public.
    "-----BEGIN CERTIFICATE-----\nMIIDBTCCAe2gAwIBAgIB{lines:900}\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{lines:330}\n-----END PUBLIC KEY-----",
    "certificate-authority-data: {cert64}",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{b64:340} ops@shop",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b64:43} ops@shop",
    "age recipient age1{low:58}",
    "background: url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b64:500})",
    "{}\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"{hex:40}\",\"e\":\"AQAB\",\"n\":\"{url:342}\"}",
    "[Peer]\nPublicKey = {b64:43}=\nAllowedIPs = 10.8.0.0/24",
    "00000{hex:3}  {hex:4} {hex:4} {hex:4} {hex:4} {hex:4} {hex:4} {hex:4} {hex:4}  |................|",
    "payload {b64:200}== decoded to {n:3} bytes",
];

pub(super) fn ordinary(random: &mut StdRng) -> &'static str {
    ORDINARY[random.random_range(0..ORDINARY.len())]
}

pub(super) fn alike(random: &mut StdRng) -> &'static str {
    ALIKE[random.random_range(0..ALIKE.len())]
}
