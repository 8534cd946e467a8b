//! Private keys.

use super::Planted;

pub(super) const KINDS: &[Planted] = &[
    Planted {
        kind: "RSA private key",
        form: "MIIEpAIBAAKCAQEA{lines:1600}",
        places: &[
            "{<}-----BEGIN RSA PRIVATE KEY-----\n{>}{S}{<}\n-----END RSA PRIVATE KEY-----{>}",
            "loading key for {word}:\n{<}-----BEGIN RSA PRIVATE KEY-----\n{>}{S}{<}\n-----END RSA PRIVATE KEY-----{>}\nloaded",
        ],
    },
    Planted {
        kind: "private key in YAML",
        form: "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{yaml-lines:1600}",
        places: &[
            "stringData:\n  tls.key: |\n    {<}-----BEGIN PRIVATE KEY-----\n    {>}{S}{<}\n    -----END PRIVATE KEY-----{>}\n  name: edge",
        ],
    },
    Planted {
        kind: "private key in JSON",
        form: "MIIEvAIBADANBgkqhkiG9w0BAQEFAASC{escaped-lines:1600}",
        places: &[
            "{}\"type\": \"service_account\", \"project_id\": \"shop-{n:3}\", \"private_key_id\": \"{<}{hex:40}{>}\", \"private_key\": \"{<}-----BEGIN PRIVATE KEY-----\\n{>}{S}{<}\\n-----END PRIVATE KEY-----\\n{>}\", \"client_email\": \"ci@shop.iam.gserviceaccount.com\"}",
        ],
    },
    Planted {
        kind: "EC private key",
        form: "MHcCAQEEI{lines:150}==",
        places: &["{<}-----BEGIN EC PRIVATE KEY-----\n{>}{S}{<}\n-----END EC PRIVATE KEY-----{>}"],
    },
    Planted {
        kind: "OpenSSH private key",
        form: "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n{lines:330}==",
        places: &[
            "cat ~/.ssh/id_ed25519\n{<}-----BEGIN OPENSSH PRIVATE KEY-----\n{>}{S}{<}\n-----END OPENSSH PRIVATE KEY-----{>}",
        ],
    },
    Planted {
        kind: "key of a kubeconfig",
        form: "{pem64}",
        places: &[
            "users:\n- name: admin\n  user:\n    client-certificate-data: {cert64}\n    client-key-data: {S}",
        ],
    },
    Planted {
        kind: "key of a TLS secret",
        form: "{pem64}",
        places: &[
            "kind: Secret\ntype: kubernetes.io/tls\ndata:\n  tls.crt: {cert64}\n  tls.key: {S}",
        ],
    },
    Planted {
        kind: "age key",
        form: "AGE-SECRET-KEY-1{bech:58}",
        places: &["# public key: age1{low:58}\n{S}", "SOPS_AGE_KEY={S}"],
    },
    Planted {
        kind: "WireGuard key",
        form: "{b64:43}=",
        places: &["[Interface]\nPrivateKey = {S}\nAddress = 10.8.0.2/24"],
    },
];
