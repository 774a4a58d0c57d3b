const MASK = "********";

/** A word, in quotes or not. */
const WORD = String.raw`("[^"]*"?|\S+)`;

/** Where a keyword may stand: first in its line, a condition aside, or behind a brace. */
const START = String.raw`(?:^\s*(?:@\S+\s+)?|[{}]\s*)`;

/** What stands before a secret: `auth_pass` (also misspelt behind its beginning), `key ID` of `auth_hmac` unless it names a file, `password` of SSL and mail, the key and the paths of webhooks, `authentication TYPE ID` of BFD. */
const SECRETS = [
    new RegExp(String.raw`(\bauth_pa\w*\s+)${WORD}`, "g"),
    new RegExp(String.raw`(\bkey\s+\d+\s+)(?!file:)${WORD}`, "g"),
    new RegExp(String.raw`(${START}authentication\s+\S+\s+\d+\s+)${WORD}`, "g"),
    new RegExp(String.raw`(${START}password\s+)${WORD}`, "g"),
    new RegExp(String.raw`(\b(?:smtp_password|notify_webhook_key)\s+)${WORD}`, "g"),
];

const WEBHOOK = /\bnotify_webhook\b/;

/** Passwords in addresses of webhooks, and their paths: whoever knows the path of some may call them. */
const WEBHOOK_SECRETS = [/(https?:\/\/)[^\s/?]*(?=@)/g, /(https?:\/\/[^\s/?"]+[/?])[^\s"]+/g];

/** A line of a configuration as it may be shown to others: its secrets are eight asterisks, however long they are. Linear in the length of the line. */
export function maskedSecrets(line: string): string {
    const masked = mask(line, SECRETS);
    const webhook = masked.search(WEBHOOK);
    return webhook < 0 ? masked : masked.slice(0, webhook) + mask(masked.slice(webhook), WEBHOOK_SECRETS);
}

function mask(line: string, secrets: readonly RegExp[]): string {
    return secrets.reduce((text, secret) => text.replace(secret, `$1${MASK}`), line);
}
