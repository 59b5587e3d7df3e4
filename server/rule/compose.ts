/** Compose files: their services, with places. */
import type { Match } from "./rule.ts";
import {
  at,
  entries,
  items,
  textOf,
  type YamlEntry,
  type YamlNode,
  type YamlText,
  yaml,
} from "./yaml.ts";

export const COMPOSE = /^(?:docker-compose[\w.-]*|compose(?:\.[\w.-]+)?)\.ya?ml$/;

export interface Service {
  readonly name: string;
  readonly nameSpan: YamlEntry["keySpan"];
  readonly node: YamlNode;
  readonly image: string;
}

export function services(text: string): readonly Service[] {
  return entries(at(yaml(text), "services")).flatMap(({ key, keySpan, value }) =>
    value?.kind === "map"
      ? [{ name: key, nameSpan: keySpan, node: value, image: textOf(at(value, "image")) ?? "" }]
      : [],
  );
}

/** What is found in each service; where several take the same lines (`<<: *defaults`) it is told once. */
export function ofServices(
  text: string,
  inspect: (service: Service) => readonly Match[],
): readonly Match[] {
  const seen = new Set<string>();
  return services(text)
    .flatMap(inspect)
    .filter(({ span }) => {
      const place = `${span.start}-${span.end}`;
      return !seen.has(place) && seen.add(place);
    });
}

export interface Setting {
  readonly name: string;
  readonly value: string;
  /** Of the value as it is written, without quotes where it stands alone. */
  readonly text: YamlText;
}
/** `environment`, as a map or as a list of `NAME=value`. */
export function environment({ node }: Service): readonly Setting[] {
  const own = at(node, "environment");
  const named = entries(own).flatMap(({ key, value }) =>
    value?.kind === "text" ? [{ name: key, value: value.value, text: value }] : [],
  );
  const listed = items(own).flatMap((one) => {
    const [, name, value] = one.kind === "text" ? (/^([^=\s]+)=(.*)$/s.exec(one.value) ?? []) : [];
    return one.kind === "text" && name !== undefined && value !== undefined
      ? [{ name, value, text: one }]
      : [];
  });
  return [...named, ...listed];
}

export interface Port {
  /** Of the host; "" is any address. */
  readonly address: string;
  readonly host: string;
  readonly container: string;
  readonly node: YamlNode;
}
/** `ports` of both forms, those of the host only: `8080:80`, `127.0.0.1:8080:80/tcp`, `target: 80`. */
export function ports({ node }: Service): readonly Port[] {
  return items(at(node, "ports")).flatMap((one): readonly Port[] => {
    if (one.kind === "map") {
      const container = textOf(at(one, "target")) ?? "";
      const host = textOf(at(one, "published")) ?? "";
      const address = textOf(at(one, "host_ip")) ?? "";
      return host === "" ? [] : [{ address, host, container, node: one }];
    }
    const text = textOf(one) ?? "";
    const match =
      /^(?:(\[[^\]]*\]|[^:[\]]*|\$\{[^}]*\}):)?((?:\$\{[^}]*\}|[\d-])+):((?:\$\{[^}]*\}|[\d-])+)(?:\/\w+)?$/.exec(
        text,
      );
    if (match === null) return [];
    const [, address = "", host = "", container = ""] = match;
    return [{ address, host, container, node: one }];
  });
}

export interface Mount {
  readonly source: string;
  readonly node: YamlNode;
}
/** `volumes` of both forms: what of the host, or which volume, is given to the container. */
export function mounts({ node }: Service): readonly Mount[] {
  return items(at(node, "volumes")).flatMap((one): readonly Mount[] => {
    const source =
      one.kind === "map"
        ? textOf(at(one, "source"))
        : /^((?:\$\{[^}]*\}|[^:])+):/.exec(textOf(one) ?? "")?.[1];
    return source === undefined ? [] : [{ source, node: one }];
  });
}
