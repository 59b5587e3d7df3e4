/** Credentials that are known by their form: whose they are, and how sure that is. Decided on the text alone. */
import { isPassword, isPlaceholder, isRandom, isWords } from "./secret-value.ts";

export interface Credential {
  /** In words: "a GitHub token". */
  readonly what: string;
  /** The variable that usually holds it. */
  readonly variable: string;
  /** Where in the text. */
  readonly start: number;
  readonly end: number;
  /** It carries a checksum, or the like, that is right: nobody writes that by accident. */
  readonly proved: boolean;
  /** What who has it can do. */
  readonly power: string;
}

interface Form {
  readonly pattern: RegExp;
  readonly what: string;
  readonly variable: string;
  readonly power: string;
  /** Says whether the match is one: true, false, or "proved". */
  readonly check?: (match: RegExpExecArray) => boolean | "proved";
}

const READS_CODE = "reads and changes code and releases";
const SPENDS = "uses the account and its money";

/** Of a database on one's own machine: the same for everybody. */
const LOCAL_SUPABASE = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz";

/** Every repetition is bounded: the time stays linear. */
const FORMS: readonly Form[] = [
  {
    pattern: /\bgh[oprsu]_([A-Za-z0-9]{30})([A-Za-z0-9]{6})\b/g,
    what: "a GitHub token",
    variable: "GITHUB_TOKEN",
    power: READS_CODE,
    check: hasChecksum,
  },
  {
    pattern: /\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b/g,
    what: "a GitHub token",
    variable: "GITHUB_TOKEN",
    power: READS_CODE,
  },
  {
    pattern: /\bnpm_([A-Za-z0-9]{30})([A-Za-z0-9]{6})\b/g,
    what: "an npm token",
    variable: "NPM_TOKEN",
    power: "publishes packages in your name",
    check: hasChecksum,
  },
  {
    pattern: /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,200}/g,
    what: "a PyPI token",
    variable: "PYPI_TOKEN",
    power: "publishes packages in your name",
  },
  {
    pattern: /\bglpat-[\w-]{20}\b/g,
    what: "a GitLab token",
    variable: "GITLAB_TOKEN",
    power: READS_CODE,
  },
  {
    pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g,
    what: "an AWS access key",
    variable: "AWS_ACCESS_KEY_ID",
    power: "uses the AWS account, with the secret that mostly stands beside it",
  },
  {
    pattern: /\bsk-[\w-]{10,120}T3BlbkFJ[\w-]{10,120}/g,
    what: "an OpenAI key",
    variable: "OPENAI_API_KEY",
    power: SPENDS,
  },
  {
    pattern: /\bsk-ant-(?:api|admin)\d\d-[\w-]{80,120}AA\b/g,
    what: "an Anthropic key",
    variable: "ANTHROPIC_API_KEY",
    power: SPENDS,
  },
  {
    pattern: /\bgsk_[A-Za-z0-9]{52}\b/g,
    what: "a Groq key",
    variable: "GROQ_API_KEY",
    power: SPENDS,
  },
  {
    pattern: /\bhf_[A-Za-z]{34}\b/g,
    what: "a Hugging Face token",
    variable: "HF_TOKEN",
    power: "reads and changes models and data sets",
  },
  {
    pattern: /\b[sr]k_live_[A-Za-z0-9]{24,200}\b/g,
    what: "a Stripe live key",
    variable: "STRIPE_SECRET_KEY",
    power: "charges, refunds and reads customers",
  },
  {
    pattern: /\bxox[abeoprs]-\d{8,15}-[\w-]{16,200}/g,
    what: "a Slack token",
    variable: "SLACK_TOKEN",
    power: "reads and writes messages",
  },
  {
    pattern:
      /\bhttps:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{24}\b/g,
    what: "a Slack webhook",
    variable: "SLACK_WEBHOOK_URL",
    power: "writes messages as your application",
  },
  {
    pattern: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/g,
    what: "a SendGrid key",
    variable: "SENDGRID_API_KEY",
    power: "sends mail in your name",
  },
  {
    pattern: /\b\d{8,10}:AA[\w-]{33}(?![\w-])/g,
    what: "a Telegram bot token",
    variable: "TELEGRAM_BOT_TOKEN",
    power: "reads and writes messages of the bot",
  },
  {
    pattern: /\bdop_v1_[a-f0-9]{64}\b/g,
    what: "a DigitalOcean token",
    variable: "DIGITALOCEAN_TOKEN",
    power: "controls the servers",
  },
  {
    pattern: /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/g,
    what: "a Shopify token",
    variable: "SHOPIFY_ACCESS_TOKEN",
    power: "reads customers and orders",
  },
  {
    pattern: /\bAccountKey=[A-Za-z0-9+/]{86}==/g,
    what: "an Azure storage key",
    variable: "AZURE_STORAGE_CONNECTION_STRING",
    power: "reads and changes all that is stored",
  },
  {
    pattern: /\bsb_secret_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}(?![\w-])/g,
    what: "a secret key of Supabase",
    variable: "SUPABASE_SECRET_KEY",
    power: "reads and changes every row, past all policies",
    check: ([value]) => value !== LOCAL_SUPABASE && isReal(value),
  },
  {
    pattern: /\beyJ[\w-]{10,200}\.(eyJ[\w-]{10,1000})\.[\w-]{20,600}/g,
    what: "a Supabase service key",
    variable: "SUPABASE_SERVICE_ROLE_KEY",
    power: "reads and changes every row, past all policies",
    check: ([, payload = ""]) => {
      const claims = decoded(payload);
      // "supabase-demo" makes those of a database on one's own machine, the same for everybody.
      return /"role"\s*:\s*"service_role"/.test(claims) && /supabase(?!-demo)/.test(claims)
        ? "proved"
        : false;
    },
  },
  {
    pattern:
      /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s{0,4}([A-Za-z0-9+/=\s]{64,6000})/g,
    what: "a private key",
    variable: "PRIVATE_KEY",
    power: "signs and decrypts in its owner's place",
    check: ([, body = ""]) => isRandom(body.replace(/\s/g, "").slice(0, 64)),
  },
  {
    pattern:
      /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|rediss|amqps?|mssql)(?:\+\w{1,20})?:\/\/([^\s:/@]{0,80}):([^\s/@]{4,200})@([\w.-]{1,200})/g,
    what: "an address with its password",
    variable: "DATABASE_URL",
    power: "reads and changes what is stored there",
    check: ([, user = "", password = "", host = ""]) =>
      isRemoteHost(host) && password !== user && isPassword(password) && !isUsualPassword(password),
  },
];

/** What tells such texts from others in a file: a cheap first look. */
export const MAY_HOLD =
  /gh[oprsu]_|github_pat_|npm_|pypi-|glpat-|AKIA|ASIA|T3BlbkFJ|sk-ant-|gsk_|hf_|k_live_|xox[abeoprs]-|hooks\.slack|SG\.|:AA|dop_v1_|shp(?:at|ca|pa|ss)_|AccountKey=|sb_secret_|eyJ|PRIVATE KEY|:\/\/[^\s:/@]{0,80}:[^\s/@]+@/;

export function credentialIn(text: string): Credential | undefined {
  for (const { pattern, check, what, variable, power } of FORMS)
    for (const match of text.matchAll(pattern)) {
      const value = match[0];
      const found = check === undefined ? isReal(value) : check(match as RegExpExecArray);
      if (found === false) continue;
      const start = match.index ?? 0;
      return {
        what,
        variable,
        power,
        start,
        end: start + value.length,
        proved: found === "proved",
      };
    }
  return undefined;
}

/** Not made up to be looked at: no words such as "example", no counting, no one letter again and again. */
function isReal(value: string): boolean {
  if (
    /example|sample|dummy|fake|your|xxxx|test|placeholder|change.?me|redacted|1234567|abcdef|0000/i.test(
      value,
    )
  )
    return false;
  const tail = value.slice(value.search(/[-_.:/]/) + 1);
  return !isPlaceholder(value) && isRandom(tail) && !isWords(tail);
}

/** The last six characters are the CRC-32 of those before, in base 62: GitHub's and npm's tokens have that. */
function hasChecksum([all, body = "", sum = ""]: RegExpExecArray): boolean | "proved" {
  let crc = 0xffffffff;
  for (let i = 0; i < body.length; i++) {
    crc ^= body.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let text = "";
  while (text.length < 6) {
    text = DIGITS[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text === sum ? "proved" : isReal(all);
}
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A host of the internet: not this machine, a container, or a name that is reserved for examples. */
function isRemoteHost(host: string): boolean {
  return (
    host.includes(".") &&
    !/^(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.|^0\.0\.0\.0|(?:^|\.)(?:localhost|example|test|invalid|local|internal)$|(?:^|\.)(?:example|domain|host|hostname|yourdomain|mydomain)\.(?:com|org|net)$/i.test(
      host,
    )
  );
}
export function isUsualPassword(password: string): boolean {
  return /^(?:pass(?:word)?|pwd|secret|postgres|mysql|root|admin|user|guest|test|changeme|example|mypassword|mysecretpassword|your.*|xxx+|\*+|\[.*\])\d{0,4}$/i.test(
    password,
  );
}

/** Base64 for addresses, as text; only ASCII is looked at. */
function decoded(text: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  let bits = 0;
  let held = 0;
  let out = "";
  for (const c of text) {
    const value = letters.indexOf(c);
    if (value < 0) return out;
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += String.fromCharCode((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return out;
}
