//! What must be taken out, in the forms in which logs hold it.

use super::super::Kind;
use super::samples::{HEX, chance, hex, jwt, prefixed};
use super::{redact, redacted};

/// `§` stands where the secret is. It must be taken out, and nothing else.
#[track_caller]
fn finds(kind: Kind, secret: &str, forms: &[&str]) {
    let wrong: Vec<String> = forms
        .iter()
        .filter_map(|form| misses(kind, secret, form))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn misses(kind: Kind, secret: &str, form: &str) -> Option<String> {
    let (before, after) = form.split_once('§').unwrap();
    let (out, tally) = redact(form.replace('§', secret).as_bytes());
    let out = String::from_utf8(out).unwrap();
    let inner = out
        .strip_prefix(before)
        .and_then(|rest| rest.strip_suffix(after));
    let token = format!("[redacted:{}:", kind.name());
    let whole =
        inner.is_some_and(|inner| inner.starts_with(&token) && inner.len() == token.len() + 9);
    let counted = tally.of(kind) == 1 && tally.bytes() == u64::try_from(secret.len()).unwrap();
    (!whole || !counted).then(|| format!("{form}: {out}"))
}

const AROUND: &[&str] = &[
    "§",
    "got § from there",
    "\"x\":\"§\",\"y\":1",
    "{\\\"x\\\":\\\"§\\\"}",
    "id=§;",
    "a line\\n§\\n",
    "(§)",
    "https://example.com/?x=§&y=z",
    "GREETING=§",
    "ünï§€",
];

#[test]
fn secrets_with_a_prefix() {
    for (kind, secret) in prefixed() {
        finds(kind, &secret, AROUND);
    }
}

#[test]
fn keys_of_aws() {
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKE9";
    finds(
        Kind::AwsSecretKey,
        secret,
        &[
            "AWS_SECRET_ACCESS_KEY=§",
            "aws_secret_access_key = §",
            "\"SecretAccessKey\" : \"§\",",
            "{\\\"SecretAccessKey\\\":\\\"§\\\"}",
            "SecretAccessKey:§ SessionToken:",
            "  secretAccessKey: §",
        ],
    );
    let id = format!("AKIA{}", &chance(16).to_uppercase());
    let (out, tally) = redact(format!("{id},{secret}").as_bytes());
    assert_eq!(
        tally.of(Kind::AwsSecretKey),
        1,
        "{}",
        String::from_utf8_lossy(&out)
    );
    finds(
        Kind::AwsSessionToken,
        &chance(356),
        &[
            "?X-Amz-Date=20261120T121212Z&X-Amz-Security-Token=§&X-Amz-SignedHeaders=host",
            "X-Amz-Security-Token=§\\u0026X-Amz-SignedHeaders=host",
            "X-Amz-Security-Token: §",
            "AWS_SESSION_TOKEN=§",
            "\"SessionToken\": \"§\"",
            "aws_session_token = §",
        ],
    );
    finds(
        Kind::Signature,
        HEX,
        &[
            "https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=§",
            "\"url\":\"https://b/k?X-Amz-Signature=§\"",
            "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=§",
        ],
    );
}

#[test]
fn tokens_of_the_instance_metadata_service() {
    finds(
        Kind::Token,
        &format!("AQAEA{}==", chance(49)),
        &[
            "X-aws-ec2-metadata-token: §",
            "x-aws-ec2-metadata-token:§",
            "curl -H 'X-aws-ec2-metadata-token: §' http://169.254.169.254/latest/meta-data/",
            "map[X-Aws-Ec2-Metadata-Token:[§] X-Aws-Ec2-Metadata-Token-Ttl-Seconds:[21600]]",
            "\"X-aws-ec2-metadata-token\":[\"§\"]",
            "imds_token=§",
        ],
    );
}

#[test]
fn tokens_of_telegrams_bots() {
    let letters = format!("AA{}", chance(33));
    let token = format!("1234567890:{letters}");
    finds(Kind::VendorToken, &token, AROUND);
    finds(
        Kind::VendorToken,
        &token,
        &[
            "POST https://api.telegram.org/bot§/sendMessage \"HTTP/1.1 200 OK\"",
            "https://api.telegram.org/file/bot§/photos/file_1.jpg",
            "{\\\"url\\\":\\\"https://api.telegram.org/bot§\\\"}",
            "TELEGRAM_BOT_TOKEN=§",
            "token: §",
        ],
    );
    let escaped = token.replace(':', "%3A");
    finds(Kind::VendorToken, &escaped, &["/bot§/getMe"]);
    assert_eq!(redacted(&escaped), redacted(&token));
}

#[test]
fn headers_that_authorize() {
    finds(
        Kind::Token,
        &chance(40),
        &[
            "Authorization: Bearer §",
            "authorization: bearer §\r",
            "\"Authorization\":[\"Bearer §\"],\"Accept\":[\"*/*\"]",
            "\\\"Authorization\\\": \\\"Bearer §\\\"",
            "curl -H 'Authorization: Bearer §' https://example.com",
            "map[Accept:[*/*] Authorization:[Bearer §] X:[y]]",
            "Authorization: token §",
            "Proxy-Authorization: Custom §",
            "Authorization: §",
            "http.Header{\"Authorization\":[]string{\"Bearer §\"}}",
            "sent bearer § to it",
        ],
    );
    finds(
        Kind::Credentials,
        "YWxpY2U6aHVudGVyMg==",
        &[
            "Authorization: Basic §",
            "{\"authorization\":\"Basic §\"}",
            "{\"auths\":{\"r.example.com\":{\"auth\":\"§\"}}}",
            "{\\\"auths\\\":{\\\"r\\\":{\\\"auth\\\": \\\"§\\\"}}}",
            "//registry.example.com/:_auth=§",
        ],
    );
    finds(
        Kind::Jwt,
        &jwt(),
        &["Authorization: Bearer §", "token: §", "X-Vault-Token: §"],
    );
    finds(
        Kind::Cookie,
        "sid=a81k2; theme=dark",
        &[
            "Cookie: §",
            "\"Cookie\":\"§\"",
            "{\"msg\":\"Cookie: §\",\"x\":1}",
        ],
    );
    finds(
        Kind::Cookie,
        "sid=\"a81k2\"; last=YWJjZA==",
        &["Cookie: §", "{\"msg\":\"Cookie: §\"}"],
    );
    finds(
        Kind::Token,
        "username=\\\"al\\\", response=\\\"6629fae4\\\"",
        &["\"Authorization\":\"Digest §\",\"x\":1"],
    );
}

#[test]
fn passwords() {
    for secret in [
        "hunter2",
        "S3cr3t!pass",
        "p@ss$w0rd#1",
        "correcthorse",
        "12345678",
        "x9-k_2.q",
        "your-cat-4711",
        "пароль",
    ] {
        finds(
            Kind::Password,
            secret,
            &[
                "password=§",
                "PASSWORD=§ USER=x",
                "DB_PASSWORD=§",
                "MYSQL_PWD=§",
                "PGPASSWORD='§'",
                "password: §",
                "  spring.datasource.password: §",
                "\"password\":\"§\"",
                "\"password\" : \"§\",",
                "{\"log\":\"{\\\"password\\\":\\\"§\\\"}\"}",
                "{\\\\\\\"password\\\\\\\":\\\\\\\"§\\\\\\\"}",
                "{'password': '§', 'user': 'x'}",
                "password => \"§\"",
                "password = \"§\"",
                "--password §",
                "--password=§",
                "--db-password §  --x",
                "[\"--password\",\"§\"]",
                "args=[--user x --password §]",
                "{Name:x Password:§ Port:1}",
                "Password: Some(\"§\"), x",
                "--from-literal=password=§",
                "ALTER USER x PASSWORD '§'",
                "<password>§</password>",
                "user=x&password=§&z=1",
                "Server=db;User Id=x;Password=§;Timeout=3",
                "{\"name\":\"DB_PASSWORD\",\"value\":\"§\"}",
                "{\"Value\":1},{\"Name\":\"DB_PASSWORD\",\"Value\":\"§\"}",
                "EnvVar{Name:DB_PASSWORD Value:§ ValueFrom:nil}",
                "Environment=\"A=1\" \"DB_PASSWORD=§\"",
                "\"Env\":[\"A=1\",\"DB_PASSWORD=§\"]",
                "machine h login u password §",
                "declare -x REDIS_PASSWORD=\"§\"",
                "level=info msg=\"start password=§ host=db\"",
                "DB_PASSWORD:                   §",
            ],
        );
    }
    finds(
        Kind::Password,
        "p%40ss",
        &[
            "postgres://user:§@db:5432/x",
            "redis://:§@h",
            "amqp://g:§@h/%2f",
            "\"https://u:§@h/p\"",
        ],
    );
    finds(
        Kind::Password,
        "hunter2",
        &["u:§@tcp(db:3306)/x", "dsn=\"u:§@unix(/run/m.sock)/x\""],
    );
    finds(
        Kind::Password,
        "a b \\\"c\\\" d",
        &["{\"password\":\"§\",\"x\":\"y\"}"],
    );
    finds(
        Kind::Password,
        "my long pass phrase",
        &["password: §", "    passphrase: §  # changed"],
    );
}

#[test]
fn other_secrets_by_their_names() {
    for secret in [
        &chance(32),
        &hex(40),
        "s3cr3t-Val_9x",
        "1f0c3b1e-7d7a-4d0e-9f39-0d6f2f1b8a11",
    ] {
        finds(
            Kind::Token,
            secret,
            &[
                "token=§",
                "\"token\":\"§\"",
                "token: §",
                "api_key=§",
                "apikey: §",
                "\"apiKey\":\"§\"",
                "--api-key §",
                "X-Api-Key: §",
                "client_secret=§&grant_type=x",
                "\"client_secret\":\"§\"",
                "access_token=§",
                "\\\"refresh_token\\\":\\\"§\\\"",
                "SLACK_TOKEN=§",
                "APP_SECRET: §",
                "secret=§",
                "\"secret\":\"§\"",
                "GITHUB_TOKEN=§",
                "//registry.npmjs.org/:_authToken=§",
                "--token §",
                "DefaultEndpointsProtocol=https;AccountKey=§;EndpointSuffix=x",
                "X-Auth-Token:[§]",
                "\"name\": \"API_TOKEN\", \"value\": \"§\"",
            ],
        );
    }
    finds(
        Kind::BootstrapToken,
        "abcdef.0123456789abcdef",
        &[
            "bootstrap-token = \"§\"",
            "\"bootstrap-token\":\"§\"",
            "--bootstrap-token=§",
        ],
    );
    // With a digit or two it looks like two words.
    for token in ["g5jyqr.yfqddyksdpsaabzz", "rpwqvx.hwsybu2plpkabwow"] {
        finds(
            Kind::Token,
            token,
            &["token: §", "--token §", "\"token\":\"§\""],
        );
    }
    finds(
        Kind::UserData,
        "W3NldHRpbmdzXQphPSJiIg==",
        &["user-data = \"§\"", "\"user-data\":\"§\"", "user_data: §"],
    );
    finds(
        Kind::DockerConfig,
        &chance(80),
        &[".dockerconfigjson: §", "\".dockerconfigjson\":\"§\""],
    );
}

#[test]
fn private_keys_on_one_line() {
    let body = format!("MIIEpAIBAAKCAQEA{}\\n{}", chance(48), chance(40));
    finds(
        Kind::PrivateKey,
        &body,
        &[
            "\"key\":\"-----BEGIN RSA PRIVATE KEY-----\\n§\\n-----END RSA PRIVATE KEY-----\\n\"",
            "private_key=-----BEGIN PRIVATE KEY-----\\n§\\n-----END PRIVATE KEY-----",
            "x -----BEGIN OPENSSH PRIVATE KEY----- § -----END OPENSSH PRIVATE KEY-----",
            "\"private_key\": \"-----BEGIN EC PRIVATE KEY-----\\n§\"",
        ],
    );
    let packed = "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVB";
    finds(
        Kind::PrivateKey,
        packed,
        &["client-key-data: §", "tls.key: §", "\"tls.key\":\"§\""],
    );
}

#[test]
fn several_on_a_line() {
    let out = redacted("password=hunter2 token=q7Zt1XvB9mKc and postgres://u:hunter2@db");
    let digits = redacted("password=hunter2");
    let token = digits.strip_prefix("password=").unwrap();
    assert!(
        out.starts_with(&format!("password={token} token=[redacted:token:")),
        "{out}"
    );
    assert!(
        out.ends_with(&format!("] and postgres://u:{token}@db")),
        "{out}"
    );
}
