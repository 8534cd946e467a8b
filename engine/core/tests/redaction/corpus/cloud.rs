//! Secrets of clouds and clusters.

use super::Planted;

pub(super) const KINDS: &[Planted] = &[
    Planted {
        kind: "AWS access key id",
        form: "AKIA{up:16}",
        places: &[
            "AWS_ACCESS_KEY_ID={S}",
            "[default]\naws_access_key_id = {S}\nregion = eu-west-1",
            "level=error msg=\"InvalidClientTokenId\" accessKeyId={S} service=s3",
            "Authorization: AWS4-HMAC-SHA256 Credential={S}/20261120/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature={<}{hex:64}{>}",
        ],
    },
    Planted {
        kind: "AWS access key id of a session",
        form: "ASIA{up:16}",
        places: &[
            "{}\"Credentials\": {}\"AccessKeyId\": \"{S}\", \"Expiration\": \"2026-11-20T11:00:00Z\"}}",
            "found credentials of role app: {S}",
        ],
    },
    Planted {
        kind: "AWS secret access key",
        form: "{b64:40}",
        places: &[
            "AWS_SECRET_ACCESS_KEY={S}",
            "[prod]\naws_secret_access_key = {S}\nregion = eu-west-1",
            "{}\"SecretAccessKey\": \"{S}\", \"Type\": \"AWS-HMAC\"}",
            "export AWS_SECRET_ACCESS_KEY='{S}'",
            "- name: AWS_SECRET_ACCESS_KEY\n  value: {S}\n- name: AWS_REGION\n  value: eu-west-1",
        ],
    },
    Planted {
        kind: "AWS session token",
        form: "IQoJb3JpZ2luX2VjE{b64:560}==",
        places: &[
            "AWS_SESSION_TOKEN={S}",
            "aws_session_token = {S}",
            "{}\"SessionToken\": \"{S}\"}",
            "X-Amz-Security-Token: {S}",
        ],
    },
    Planted {
        kind: "session token of a presigned URL",
        form: "IQoJb3JpZ2luX2VjE{pct:400}",
        places: &[
            "GET https://bundles.s3.eu-west-1.amazonaws.com/a.tar.gz?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261120T100000Z&X-Amz-Expires=3600&X-Amz-Security-Token={S}&X-Amz-SignedHeaders=host HTTP/1.1",
        ],
    },
    Planted {
        kind: "signature of a presigned URL",
        form: "{hex:64}",
        places: &[
            "uploading to https://bundles.s3.amazonaws.com/node-{n:3}.tar.gz?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={<}AKIA{up:16}{>}%2F20261120%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261120T100000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature={S}",
        ],
    },
    Planted {
        kind: "token for EKS",
        form: "k8s-aws-v1.aHR0cHM6Ly9zdHMu{url:600}",
        places: &[
            "{}\"kind\":\"ExecCredential\",\"status\":{}\"token\":\"{S}\"}}",
            "curl -H 'Authorization: Bearer {S}' https://10.0.0.1/api",
        ],
    },
    Planted {
        kind: "token of the instance metadata service",
        form: "AQAEA{url:49}==",
        places: &["X-aws-ec2-metadata-token: {S}"],
    },
    Planted {
        kind: "password for ECR",
        form: "{ecr}",
        places: &[
            "docker login --username AWS --password {S} 111122223333.dkr.ecr.eu-west-1.amazonaws.com",
            "{}\"authorizationData\": [{}\"authorizationToken\": \"{S}\", \"proxyEndpoint\": \"https://111122223333.dkr.ecr.eu-west-1.amazonaws.com\"}]}",
        ],
    },
    Planted {
        kind: "service account token",
        form: "{jwt}",
        places: &[
            "Authorization: Bearer {S}",
            "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nstringData:\n  token: {S}",
            "I1120 10:00:00.123456       1 round_trippers.go:466] curl -v -XGET -H \"Authorization: Bearer {S}\" 'https://10.100.0.1:443/api/v1/pods?limit=500'",
            "request headers: map[Accept:[application/json] Authorization:[Bearer {S}] User-Agent:[kubelet/v1.33.5]]",
            "GET /socket?access_token={S}&room={n:4} HTTP/1.1",
            "upstream rejected {S} for shop",
        ],
    },
    Planted {
        kind: "bootstrap token",
        form: "{low:6}.{low:16}",
        places: &[
            "kubeadm join 10.0.0.1:6443 --token {S} --discovery-token-ca-cert-hash sha256:{hex:64}",
            "token: {S}\nusages: [signing, authentication]",
        ],
    },
    Planted {
        kind: "Azure storage key",
        form: "{b64:86}==",
        places: &[
            "DefaultEndpointsProtocol=https;AccountName=shop{n:3};AccountKey={S};EndpointSuffix=core.windows.net",
        ],
    },
    Planted {
        kind: "Azure shared access signature",
        form: "{pct:43}%3D",
        places: &[
            "https://shop.blob.core.windows.net/logs/a.gz?sv=2024-11-04&ss=b&srt=co&sp=r&se=2026-11-21T10%3A00%3A00Z&sig={S}",
        ],
    },
    Planted {
        kind: "Google API key",
        form: "AIza{url:35}",
        places: &[
            "GET https://maps.googleapis.com/maps/api/geocode/json?address=Berlin&key={S}",
            "GOOGLE_MAPS_KEY={S}",
        ],
    },
    Planted {
        kind: "DigitalOcean token",
        form: "dop_v1_{hex:64}",
        places: &["doctl auth init -t {S}", "DIGITALOCEAN_ACCESS_TOKEN={S}"],
    },
    Planted {
        kind: "Vault token",
        form: "hvs.CAESI{url:90}",
        places: &[
            "VAULT_TOKEN={S}",
            "X-Vault-Token: {S}",
            "renewed {S} for 768h",
        ],
    },
];
