//! Secrets that nothing gives away but what stands around them.

use super::Planted;

pub(super) const KINDS: &[Planted] = &[
    Planted {
        kind: "generated password",
        form: "{pw:18}",
        places: &[
            "DB_PASSWORD={S}",
            "PGPASSWORD={S} psql -h db -U app",
            "password: {S}\nhost: db.internal",
            "{}\"user\":\"app\",\"password\":\"{S}\",\"host\":\"db\"}",
            "mysqldump --user=app --password={S} shop",
            "starting with --db-password {S} --db-host db",
            "config: &{}Host:db User:app Password:{S} Database:shop}",
            "- name: DB_PASSWORD\n  value: {S}\n- name: DB_HOST\n  value: db",
            "{}\"name\":\"REDIS_PASSWORD\",\"value\":\"{S}\"},{}\"name\":\"REDIS_HOST\",\"value\":\"cache\"}",
            "spring.datasource.password={S}",
            "passwd = \"{S}\"",
            "ALTER USER app WITH PASSWORD '{S}';",
        ],
    },
    Planted {
        kind: "person's password",
        form: "{human:3}",
        places: &[
            "password={S}",
            "DB_PASS={S}",
            "{}\"username\":\"jane\",\"password\":\"{S}\"}",
            "login with user=jane password={S} failed",
            "MYSQL_ROOT_PASSWORD: \"{S}\"",
        ],
    },
    Planted {
        kind: "password in a URL",
        form: "{pw:16}",
        places: &[
            "DATABASE_URL=postgres://{<}app{>}:{S}@db.internal:5432/shop?sslmode=require",
            "connecting to redis://:{S}@cache:6379/0",
            "amqp://{<}svc-{word}{>}:{S}@mq:5672/%2f refused the connection",
            "mongodb+srv://{<}app{>}:{S}@cluster0.a1b2c.mongodb.net/shop",
            "fatal: unable to access 'https://{<}ci{>}:{S}@git.example.com/shop.git/'",
            "proxy is http://{<}proxy{>}:{S}@10.0.0.9:3128",
        ],
    },
    Planted {
        kind: "password of a connection string",
        form: "{pw:14}",
        places: &[
            "Server=db;Database=shop;User Id=app;Password={S};Encrypt=true",
            "Data Source=db;Initial Catalog=shop;Uid=app;Pwd={S};",
            "host=db port=5432 user=app password={S} dbname=shop sslmode=require",
            "dsn {<}app{>}:{S}@tcp(db:3306)/shop?parseTime=true",
        ],
    },
    Planted {
        kind: "basic authorization",
        form: "{basic:16}",
        places: &[
            "Authorization: Basic {S}",
            "{}\"authorization\":\"Basic {S}\",\"accept\":\"*/*\"}",
            "Proxy-Authorization: Basic {S}",
        ],
    },
    Planted {
        kind: "bearer token without a form",
        form: "{url:43}",
        places: &[
            "authorization: Bearer {S}",
            "> Authorization: Bearer {S}\n> Accept: */*",
            "headers={}\"Authorization\": \"Bearer {S}\"}",
        ],
    },
    Planted {
        kind: "registry login",
        form: "{basic:20}",
        places: &["{}\"auths\": {}\"registry.example.com\": {}\"auth\": \"{S}\"}}}"],
    },
    Planted {
        kind: "pull secret",
        form: "{docker}",
        places: &["type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: {S}"],
    },
    Planted {
        kind: "session cookie",
        form: "{url:40}",
        places: &[
            "Cookie: {<}theme=dark; sessionid={>}{S}",
            "Set-Cookie: {<}session={>}{S}{<}; Path=/; HttpOnly; Secure; SameSite=Lax{>}",
            "Cookie: {<}connect.sid=s%3A{>}{S}",
        ],
    },
    Planted {
        kind: "client secret",
        form: "{url:40}",
        places: &[
            "POST /oauth/token grant_type=client_credentials&client_id=shop&client_secret={S}&scope=read",
            "OIDC_CLIENT_SECRET={S}",
            "clientSecret: {S}",
            "{}\"client_id\":\"shop\",\"client_secret\":\"{S}\"}",
        ],
    },
    Planted {
        kind: "refresh token",
        form: "1//0g{url:60}",
        places: &[
            "{}\"access_token\":\"{<}ya29.{url:100}{>}\",\"expires_in\":3599,\"refresh_token\":\"{S}\",\"token_type\":\"Bearer\"}",
            "refresh_token={S}",
        ],
    },
    Planted {
        kind: "API key without a form",
        form: "{hex:32}",
        places: &[
            "DD_API_KEY={S}",
            "X-Api-Key: {S}",
            "api_key: {S}",
            "GET /v2/prices?region=eu&apikey={S} HTTP/1.1",
            "{}\"apiKey\":\"{S}\",\"site\":\"datadoghq.eu\"}",
            "TWILIO_AUTH_TOKEN={S}",
        ],
    },
    Planted {
        kind: "signing secret",
        form: "{hex:64}",
        places: &[
            "SECRET_KEY_BASE={S}",
            "JWT_SECRET={S}",
            "webhook_secret: {S}",
            "ENCRYPTION_KEY={S}",
        ],
    },
];
