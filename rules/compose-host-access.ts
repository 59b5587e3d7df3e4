/** A service of a compose file gets the host itself: all rights, the socket of Docker, its processes or its files. */
import { COMPOSE, mounts, ofServices, type Service } from "../server/rule/compose.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import {
  type ManifestFile,
  type Match,
  rule,
  type Severity,
  type Span,
} from "../server/rule/rule.ts";
import { at, entryOf, items, textOf } from "../server/rule/yaml.ts";

/** Who may write to it starts a container with the host's files in it; read-only changes nothing about that. */
const SOCKET = /(?:^|\/)(?:docker|podman|containerd|crio)\.sock$|(?:^|[\\/])docker_engine$/;
const FILES = /^\/(?:etc|root|boot|dev|proc|sys|var\/lib\/docker|home)?\/?$/;
const RIGHTS =
  /^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|SYS_RAWIO|DAC_READ_SEARCH|BPF|NET_ADMIN)$/i;

export default rule({
  id: "compose-host-access",
  title: "Container that may do what the host may",
  category: "configuration",
  severity: "medium",
  cwe: [250, 266],
  owasp: ["A05:2021", "A02:2025"],
  manifest: {
    names: COMPOSE,
    check: (file) => ofServices(file.text, (one) => inspect(file, one)),
    fixes: ({ facts }) => [
      {
        title: "Give it what it needs, and no more",
        grade: "manual",
        edits: [],
        reason: HOW[String(facts?.kind)] ?? "",
      },
    ],
  },
  say: ({ facts }) => ({
    what: `${String(facts?.service)} ${WHAT[String(facts?.kind)]?.replace("%", String(facts?.value)) ?? ""}`,
    why:
      facts?.kind === "rights" && facts.value === "NET_ADMIN"
        ? "Whoever gets into it changes the network of the container, and listens to what goes through."
        : "Whoever gets into this one service, or into its image, owns the host and everything that runs on it.",
    fix: HOW[String(facts?.kind)] ?? "",
  }),
});

const WHAT: Readonly<Record<string, string>> = {
  privileged: "runs with all rights on the host (privileged).",
  socket: "is given the socket of Docker (%).",
  files: "is given % of the host, to be written.",
  processes: "sees and reaches the processes of the host (pid: host).",
  rights: "is given the right % of the host's kernel.",
  unconfined: "runs without the bounds that containers have (%).",
};
const HOW: Readonly<Record<string, string>> = {
  privileged: "Take privileged out, and name the single devices or capabilities that it needs.",
  socket:
    "Put a proxy between that passes the few calls it needs, or run Docker without root for it.",
  files: "Mount the one folder that it needs, with :ro where it only reads.",
  processes: "Take pid: host out; let services that must see each other share a pid namespace.",
  rights: "Take it out, or name the single capability that it needs.",
  unconfined: "Take it out: the bounds that Docker sets by itself fit nearly every program.",
};

function inspect({ file }: ManifestFile, service: Service): readonly Match[] {
  const isAway = isTest(file) || isDevelopment(file) || isSample(file);
  const told = (span: Span, kind: string, value: string, severity: Severity): Match => ({
    item: `${file}#`,
    span,
    severity: isAway ? "low" : severity,
    confidence: "high",
    facts: { kind, value, service: service.name },
  });
  const { node } = service;
  const out: Match[] = [];
  const all = entryOf(node, "privileged");
  if (all !== undefined && textOf(all.value) === "true")
    out.push(told({ ...all.keySpan, end: all.value?.span.end ?? 0 }, "privileged", "", "medium"));
  for (const { source, node: place } of mounts(service)) {
    if (SOCKET.test(source)) out.push(told(place.span, "socket", source, "medium"));
    else if (FILES.test(source) && !isReadOnly(place))
      out.push(told(place.span, "files", source, /^\/?$/.test(source) ? "medium" : "low"));
  }
  const pid = entryOf(node, "pid");
  if (textOf(pid?.value) === "host" && pid !== undefined)
    out.push(told({ ...pid.keySpan, end: pid.value?.span.end ?? 0 }, "processes", "", "low"));
  for (const one of items(at(node, "cap_add"))) {
    const value = (textOf(one) ?? "").replace(/^CAP_/i, "").toUpperCase();
    if (RIGHTS.test(value))
      out.push(
        told(one.span, "rights", value, /^(?:ALL|SYS_ADMIN)$/.test(value) ? "medium" : "low"),
      );
  }
  for (const one of items(at(node, "security_opt"))) {
    const value = textOf(one) ?? "";
    if (/^(?:seccomp|apparmor)[:=]unconfined$|^label[:=]disable$/.test(value))
      out.push(told(one.span, "unconfined", value, "low"));
  }
  return out;
}

function isReadOnly(place: Parameters<typeof textOf>[0]): boolean {
  if (place?.kind === "map") return textOf(at(place, "read_only")) === "true";
  return /:(?:[\w,]*,)?ro(?:,|$)/.test(textOf(place) ?? "");
}
