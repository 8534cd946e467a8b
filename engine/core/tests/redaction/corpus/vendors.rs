//! Tokens of services that have forms of their own.

use super::Planted;

pub(super) const KINDS: &[Planted] = &[
    Planted {
        kind: "GitHub token",
        form: "ghp_{alnum:36}",
        places: &[
            "GITHUB_TOKEN={S}",
            "git clone https://{S}@github.com/shop/app.git",
            "Authorization: token {S}",
            "pushed with {S} by ci",
        ],
    },
    Planted {
        kind: "GitHub token of an app",
        form: "ghs_{alnum:36}",
        places: &[
            "remote: https://{<}x-access-token{>}:{S}@github.com/shop/app",
            "token={S}",
        ],
    },
    Planted {
        kind: "fine-grained GitHub token",
        form: "github_pat_{alnum:22}_{alnum:59}",
        places: &["GH_TOKEN={S}", "using {S} for api.github.com"],
    },
    Planted {
        kind: "GitLab token",
        form: "glpat-{url:20}",
        places: &[
            "PRIVATE-TOKEN: {S}",
            "CI_DEPLOY_TOKEN: {S}",
            "found {S} in the job's trace",
        ],
    },
    Planted {
        kind: "Slack token",
        form: "xoxb-{dig:12}-{dig:13}-{alnum:24}",
        places: &["SLACK_BOT_TOKEN={S}", "slack: invalid_auth for {S}"],
    },
    Planted {
        kind: "Slack webhook",
        form: "{alnum:24}",
        places: &[
            "posting to https://hooks.slack.com/services/{<}T{up:8}/B{up:10}/{>}{S}",
            "SLACK_WEBHOOK=https://hooks.slack.com/services/{<}T{up:8}/B{up:10}/{>}{S}",
        ],
    },
    Planted {
        kind: "Stripe key",
        form: "sk_live_51{alnum:96}",
        places: &[
            "STRIPE_SECRET_KEY={S}",
            "stripe: key {S} has expired",
            "curl https://api.stripe.com/v1/charges -u {S}:",
        ],
    },
    Planted {
        kind: "npm token",
        form: "npm_{alnum:36}",
        places: &["//registry.npmjs.org/:_authToken={S}", "NPM_TOKEN={S}"],
    },
    Planted {
        kind: "PyPI token",
        form: "pypi-AgEIcHlwaS5vcmc{url:150}",
        places: &["twine upload -u __token__ -p {S} dist/*", "password = {S}"],
    },
    Planted {
        kind: "SendGrid key",
        form: "SG.{url:22}.{url:43}",
        places: &[
            "SENDGRID_API_KEY={S}",
            "smtp: 535 authentication of {S} failed",
        ],
    },
    Planted {
        kind: "Docker Hub token",
        form: "dckr_pat_{url:27}",
        places: &["docker login -u shop -p {S}", "pulling as shop with {S}"],
    },
    Planted {
        kind: "OpenAI key",
        form: "sk-proj-{url:74}T3BlbkFJ{url:74}",
        places: &["OPENAI_API_KEY={S}", "Incorrect API key provided: {S}."],
    },
    Planted {
        kind: "Anthropic key",
        form: "sk-ant-api03-{url:93}AA",
        places: &["ANTHROPIC_API_KEY={S}", "x-api-key: {S}"],
    },
    Planted {
        kind: "Grafana token",
        form: "glsa_{alnum:32}_{hex:8}",
        places: &["GRAFANA_TOKEN={S}", "grafana: 401 for {S}"],
    },
    Planted {
        kind: "Telegram bot token",
        form: "{dig:10}:AA{url:33}",
        places: &[
            "POST https://api.telegram.org/bot{S}/sendMessage",
            "TELEGRAM_BOT_TOKEN={S}",
        ],
    },
    Planted {
        kind: "Hugging Face token",
        form: "hf_{alnum:34}",
        places: &["HF_TOKEN={S}", "downloading the model with {S}"],
    },
    Planted {
        kind: "Shopify token",
        form: "shpat_{hex:32}",
        places: &[
            "X-Shopify-Access-Token: {S}",
            "shop.myshopify.com answered 403 to {S}",
        ],
    },
    Planted {
        kind: "New Relic key",
        form: "NRAK-{up:27}",
        places: &["NEW_RELIC_API_KEY={S}", "Api-Key: {S}"],
    },
];
