/** A database of a compose file that everybody who reaches the machine reaches too, or with a password that everybody knows. */
import {
  COMPOSE,
  environment,
  ofServices,
  type Port,
  ports,
  type Service,
  type Setting,
  services,
} from "../server/rule/compose.ts";
import { isUsualPassword } from "../server/rule/credentials.ts";
import { isDevelopment, isSample, isTest, isTooling } from "../server/rule/place.ts";
import { type Edit, type Fix, type ManifestFile, type Match, rule } from "../server/rule/rule.ts";
import { at, scalars, textOf, type YamlNode } from "../server/rule/yaml.ts";

interface Database {
  readonly image: RegExp;
  readonly port: string;
  readonly name: string;
  /** It lets everybody in who reaches it, unless this is said. */
  readonly asks?: RegExp;
  /** It asks for a password, unless this is said. */
  readonly open?: RegExp;
  /** Variables that hold the password of an account with all rights. */
  readonly password?: RegExp;
}
/** Servers of data by the names of their images and their usual ports, as their own documentation has them. */
const DATABASES: readonly Database[] = [
  {
    image: /(?:^|\/)(?:postgres|postgis|timescaledb|pgvector|postgresql)$/,
    port: "5432",
    name: "PostgreSQL",
    password: /^(?:POSTGRES_PASSWORD|POSTGRESQL_PASSWORD|PGPASSWORD)$/,
  },
  {
    image: /(?:^|\/)(?:mysql|mariadb|percona)(?:-server)?$/,
    port: "3306",
    name: "MySQL",
    password: /^(?:MYSQL|MARIADB)_(?:ROOT_)?PASSWORD$/,
  },
  {
    image: /(?:^|\/)mongo(?:db)?$/,
    port: "27017",
    name: "MongoDB",
    asks: /MONGO_INITDB_ROOT_PASSWORD|MONGODB_ROOT_PASSWORD|--auth\b/,
    password: /^(?:MONGO_INITDB_ROOT_PASSWORD|MONGODB_ROOT_PASSWORD)$/,
  },
  {
    image: /(?:^|\/)(?:redis|valkey|redis-stack(?:-server)?)$/,
    port: "6379",
    name: "Redis",
    asks: /requirepass|REDIS_PASSWORD|aclfile|redis\.conf|valkey\.conf/,
    password: /^REDIS_PASSWORD$/,
  },
  {
    image: /(?:^|\/)(?:elasticsearch|opensearch)$/,
    port: "9200",
    name: "Elasticsearch",
    open: /^(?:xpack\.security\.enabled\s*[=:]\s*"?false|(?:plugins\.security\.disabled|DISABLE_SECURITY_PLUGIN)\s*[=:]\s*"?true)/i,
    password: /^(?:ELASTIC_PASSWORD|OPENSEARCH_INITIAL_ADMIN_PASSWORD)$/,
  },
  { image: /(?:^|\/)memcached$/, port: "11211", name: "Memcached", asks: /-S\b|SASL/ },
  {
    image: /(?:^|\/)rabbitmq$/,
    port: "5672",
    name: "RabbitMQ",
    password: /^RABBITMQ_DEFAULT_PASS$/,
  },
  {
    image: /(?:^|\/)(?:mssql\/server|azure-sql-edge)$/,
    port: "1433",
    name: "SQL Server",
    password: /^(?:MSSQL_)?SA_PASSWORD$/,
  },
];
const LOOPBACK = /^(?:127\.|localhost$|\[?::1\]?$)/;

export default rule({
  id: "compose-open-database",
  title: "Database that everybody on the network reaches",
  category: "configuration",
  severity: "medium",
  cwe: [1327, 1393],
  owasp: ["A05:2021", "A02:2025"],
  manifest: {
    names: COMPOSE,
    check: (file) => ofServices(file.text, (one) => inspect(file, one)),
    fixes: (match, file) => [fix(match, file)],
  },
  say: ({ facts }) => {
    const name = String(facts?.database);
    if (facts?.kind === "password")
      return {
        what: `The password of ${name} is one that everybody tries first.`,
        why: "It stands in the repository and in every list of usual passwords: whoever reaches the database, from another container or by a fault of the program, is in.",
        fix: "Take it from outside (a variable of an .env file that git leaves out), and let Compose stop where it is not set.",
      };
    const weak =
      facts?.weak === "none"
        ? ", and it asks nobody for a password"
        : facts?.weak === "usual"
          ? ", with a password that everybody tries first"
          : "";
    return {
      what: `${name} is published on every address of the machine${weak}.`,
      why: "Docker opens the port past the host's own firewall rules: on a server the whole internet reaches it, on a laptop everybody in the same network.",
      fix: "Publish it on the machine alone (127.0.0.1:PORT:PORT), or take ports out: the other services reach it by its name.",
    };
  },
});

function inspect({ file }: ManifestFile, service: Service): readonly Match[] {
  const database = databaseOf(service);
  if (database === undefined) return [];
  const isAway = [isTest, isDevelopment, isSample, isTooling].some((is) => is(file));
  const usual = environment(service).filter(
    (one) => database.password?.test(one.name) === true && isUsual(one),
  );
  const open = ports(service).filter(
    ({ address, container }) => container === database.port && !LOOPBACK.test(address),
  );
  const weak = usual.length > 0 ? "usual" : asksNobody(service, database) ? "none" : "";
  const facts = { database: database.name, service: service.name, weak };
  const told = (node: YamlNode, more: Partial<Match>): Match => ({
    item: `${file}#`,
    span: node.span,
    confidence: "high",
    ...more,
  });
  const published = open.map(({ node }) =>
    told(node, {
      severity: weak !== "" && !isAway ? "medium" : "low",
      facts: { ...facts, kind: "published" },
    }),
  );
  // What is published is the warning. Behind no port it takes another fault first.
  const passwords = usual.map(({ name, text }) =>
    told(text, {
      severity: open.length > 0 ? "low" : "info",
      facts: { ...facts, kind: "password", variable: name },
    }),
  );
  return [...published, ...passwords].sort((a, b) => a.span.start - b.span.start);
}

function databaseOf({ image }: Service): Database | undefined {
  const [name = ""] = image.replace(/@.*$/, "").split(/:(?=[^/]*$)/);
  return DATABASES.find((one) => one.image.test(name));
}
function isUsual({ name, value }: Setting): boolean {
  if (value === "") return true;
  const usual = /^\$\{\w+:?-([^}]*)\}$/.exec(value)?.[1] ?? value;
  if (/\$/.test(usual)) return false;
  const own = usual.toLowerCase();
  return isUsualPassword(usual) || name.toLowerCase().split("_").includes(own) || own === "guest";
}
/** Nothing in the service says that it asks for a password; files that it mounts may. */
function asksNobody({ node }: Service, { asks, open }: Database): boolean {
  const all = [...scalars(node, 300).map(({ value }) => value), ...environmentNames(node)];
  if (open !== undefined) return all.some((value) => open.test(value));
  if (asks === undefined || at(node, "env_file") !== undefined) return false;
  return !all.some((value) => asks.test(value));
}
function environmentNames(node: YamlNode): readonly string[] {
  const own = at(node, "environment");
  return own?.kind === "map"
    ? own.entries.map(({ key, value }) => `${key}=${textOf(value) ?? ""}`)
    : [];
}

function fix({ facts, span }: Match, file: ManifestFile): Fix {
  const service = services(file.text).find(({ name }) => name === facts?.service);
  const isPassword = facts?.kind === "password";
  const title = isPassword ? "Take the password from outside" : "Publish it on this machine alone";
  const manual = (reason: string): Fix => ({ title, grade: "manual", edits: [], reason });
  if (service === undefined) return manual("The service was not found again.");
  if (isPassword) {
    const setting = environment(service).find(({ text }) => text.span.start === span.start);
    if (setting === undefined) return manual("The setting was not found again.");
    const taken = `\${${setting.name}:?}`;
    const isList = setting.text.value !== setting.value;
    const newText = isList ? `"${setting.name}=${taken}"` : `"${taken}"`;
    return edited(title, "placeholder", file, { ...setting.text.span, newText });
  }
  const port = ports(service).find(({ node }) => node.span.start === span.start);
  const made = port === undefined ? undefined : onLoopback(port, file.text);
  return made === undefined
    ? manual("Write host_ip: 127.0.0.1 beside target and published.")
    : edited(title, "suggested", file, made);
}
function onLoopback({ address, node }: Port, text: string): Edit | undefined {
  if (node.kind !== "text") return undefined;
  const isQuoted = node.style === "single" || node.style === "double";
  const start = node.span.start + (isQuoted ? 1 : 0);
  const old = address === "" ? 0 : address.length + 1;
  const before = isQuoted ? "" : '"';
  return {
    start,
    end: node.span.end - (isQuoted ? 1 : 0),
    newText: `${before}127.0.0.1:${text.slice(start + old, node.span.end - (isQuoted ? 1 : 0))}${before}`,
  };
}
function edited(
  title: string,
  grade: "suggested" | "placeholder",
  file: ManifestFile,
  edit: Edit,
): Fix {
  return { title, grade, edits: [{ file: file.file, edits: [edit] }] };
}
