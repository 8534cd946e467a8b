//! What must be left alone.

use super::redacted;
use super::samples::{HEX, chance, hex};

#[track_caller]
fn leaves(texts: &[&str]) {
    let touched = texts.iter().map(|text| (redacted(text), *text));
    let wrong: Vec<(String, &str)> = touched.filter(|(out, text)| out != text).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn ids_and_digests() {
    leaves(&[
        &format!("sha256:{HEX}"),
        &format!("Pulled docker.io/library/nginx@sha256:{HEX}"),
        &format!("docker-pullable://nginx:1.25@sha256:{HEX}"),
        &format!("containerd://{HEX}"),
        &format!("commit {}", hex(40)),
        "podUID=1f0c3b1e-7d7a-4d0e-9f39-0d6f2f1b8a11",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-pass-AbCdEf",
        "secret: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-pass-AbCdEf",
        "arn:aws:sts::111122223333:assumed-role/AKIATEST/i-0abc12345def67890",
        "quay.io/shop/api-token:v1.2.3 registry/secret-token:1.2.3",
        "2026-11-20T12:12:12.123456789Z stdout F ok",
        "10.0.1.23:443 -> 10.0.9.4:5432 fe80::1",
        &format!("data: {}", chance(400)),
        "eyJhIjoxLCJiIjoiYyJ9 eyJhbGciOiJub25lIn0",
        "AKIA AKIAAKIAAKIAAKIAAKIAAKIA akiaq7zt1xvb9mkc3rfy AKIAQ7ZT1",
        &format!("12345678:AA{} 1234567:AA{}", chance(34), chance(33)),
        &format!("x12345678:AA{} 12345678:aa{}", chance(33), chance(33)),
        "02:42:aa:aa:00:02 2001:db8:12345678:AAAA 10:00:12345678:AA",
        "msg.example task0123 disk1 npm_config_cache sk_live",
        "kubelet[1234]: I1120 12:12:12.123456 1234 kubelet.go:2345] \"SyncLoop ADD\" source=\"api\" pods=[\"shop/checkout-7d9f5c8b6d-x2vqz\"]",
    ]);
}

#[test]
fn certificates_and_public_keys() {
    let text = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n{}==\n-----END CERTIFICATE-----\n",
        chance(64),
        chance(20)
    );
    leaves(&[
        &text,
        &text.replace('\n', "\\n"),
        &text.replace("CERTIFICATE", "PUBLIC KEY"),
        "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM=",
        "-----BEGIN PRIVATE KEY----- marker not found",
        "no PRIVATE KEY block in the file",
        "-----END RSA PRIVATE KEY-----",
    ]);
}

#[test]
fn prose() {
    leaves(&[
        "invalid token",
        "token expired",
        "token: expired",
        "invalid token: expired",
        "error: invalid token: not found",
        "Unable to authenticate the request: invalid bearer token, Token has been invalidated",
        "failed to fetch token: serviceaccounts \"x\" not found",
        "failed to get token: Get \"https://sts.amazonaws.com/\": dial tcp 10.0.0.1:443: i/o timeout",
        "the password is wrong; password: authentication failed for user x",
        "wrong password: try again",
        "checked the password: verification went badly",
        "secret \"db-credentials\" not found",
        "secrets \"x\" is forbidden",
        "secret: not found",
        "Unexpected token: u in JSON at position 0",
        "unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
        "use --token to authenticate",
        "flag --password has been deprecated",
        "--password is required",
        "pass: 12, fail: 0",
        "compass=north bypass=1 pass=true",
        "Authorization: failed for request",
        "authorization: denied",
        "--authorization-mode=Node,RBAC",
        "the bearer token is not valid",
        "WWW-Authenticate: Bearer realm=\"https://auth.example.com/token\",service=\"r\"",
        "credentials: NoCredentialProviders: no valid providers in chain",
        "could not load credentials: EC2RoleRequestError: no role",
        "if token == nil { return }",
        "token != \"\"",
        "https://example.com/user:name/@me http://10.0.0.1:8080/a@b",
        "key: value, key=3, public_key: x, monkey=abcdefgh12345678",
        "User-data: nothing to be done",
        "auth: Kubernetes",
        "sshd:auth): authentication failure",
        "pam_unix(sshd:auth): authentication failure; password=no",
    ]);
}

#[test]
fn settings_and_names() {
    leaves(&[
        "token: null",
        "\"token\": null",
        "\"token\":\"\"",
        "password:",
        "password=",
        "password: \"\"",
        "password=\"\" x",
        "token: 3600",
        "secretName: db-credentials",
        "\"secretName\":\"db-credentials\"",
        "secretKeyRef:",
        "secretKeyRef: {name: db, key: password}",
        "passwordFile: /etc/x",
        "PASSWORD_FILE=/run/secrets/db",
        "password: /run/secrets/db",
        "imagePullSecrets: [regcred]",
        "imagePullSecrets:\n- name: regcred",
        "tokenExpirationSeconds: 3600",
        "expirationSeconds: 3607",
        "Mounted volume kube-api-access",
        "--service-account-private-key-file=/path",
        "--service-account-private-key-file /etc/k.pem",
        "--tls-private-key-file=/var/lib/kubelet/pki/kubelet.key",
        "private_key: /etc/ssl/private/k.pem",
        "secret=\"shop/db-credentials\" err=x",
        "secret=default-token-x7k2p",
        "\"secret\":\"regcred\"",
        "secret: {secretName: x}",
        "\"kind\":\"Secret\",\"apiVersion\":\"v1\"",
        "automountServiceAccountToken: false",
        "nextToken: q7Zt1XvB9mKc3RfYw5Lp",
        "PWD=/root OLDPWD=/var",
        "enable_password=true",
        "passwordAuthentication: no",
        "password_min_length: 12",
        "name: db-password\n  optional: false\n",
        "- name: DB_PASSWORD\n  valueFrom:\n",
        "key: password\n  name: value-of\n",
        "\"nodeName\":\"ip-10-0-1-23.eu-west-1.compute.internal\"",
        "maxTokens: 4096",
        "total_tokens=99",
        "secret: shared.configurationset",
        "X-aws-ec2-metadata-token-ttl-seconds: 21600",
        "metadata-token: required",
        "discovery-token-ca-cert-hash sha256:1234",
        "token_url=https://auth.example.com/t",
        "auth-url: https://x",
        "type: kubernetes.io/service-account-token",
        "\"authorization\":{\"mode\":\"Webhook\"}",
        "{Password: User:foo}",
        "existingSecret: my-postgres-auth",
        "Authorization: Webhook",
    ]);
}

#[test]
fn programs() {
    leaves(&[
        "let token = CancellationToken::new();",
        "access_key: keys.access_key.clone(),",
        "RsaPrivateKey => b\"RSA PRIVATE KEY\",",
        "token=@file",
        "passwd: files",
        "let authorization = authorization(&request, &scope);",
    ]);
}

#[test]
fn what_stands_for_a_secret() {
    for value in [
        "***",
        "********",
        "REDACTED",
        "[REDACTED]",
        "<redacted>",
        "<nil>",
        "<set to the key 'password' in secret 'db'>  Optional: false",
        "$(PASSWORD)",
        "${PASSWORD}",
        "$DB_PASSWORD",
        "true",
        "false",
        "null",
        "xxxxx",
        "<masked>",
        "{{ .Values.password }}",
        "[redacted:password:1f3a9c2e]",
        "%s",
        "(null)",
        "\\u003cnil\\u003e",
        "••••••",
        "YOUR_API_KEY",
        "your-token-here",
        "YOUR_CLIENT_SECRET",
    ] {
        let password = format!("password={value}");
        let quoted = format!("\"password\": \"{value}\"");
        let yaml = format!("  password: {value}");
        leaves(&[&password, &quoted, &yaml]);
    }
    leaves(&[
        "postgres://u:***@h",
        "postgres://u:$(PASSWORD)@h",
        "https://u:xxxxx@h",
        "Authorization: Bearer <masked>",
        "Authorization: Bearer [redacted:jwt:12345678]",
    ]);
}
