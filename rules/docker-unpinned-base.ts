/** An image is built on another one of which nothing says which it is: no tag, a tag that moves, no digest. */
import {
  DOCKERFILE,
  type DockerText,
  dockerfile,
  filledIn,
  imageName,
} from "../server/rule/dockerfile.ts";
import { isDevelopment, isSample, isTest } from "../server/rule/place.ts";
import { type ManifestFile, type Match, rule, type Span } from "../server/rule/rule.ts";

/** Tags that are given to something else every few days. */
const MOVING =
  /^(?:latest|lts|stable|edge|nightly|canary|main|master|dev|head|next|rolling|current|beta|mainline|alpine|slim)(?:-[a-z-]+)?$/i;

export default rule({
  id: "docker-unpinned-base",
  title: "Base image that may be another one tomorrow",
  category: "supply-chain",
  severity: "low",
  cwe: [1357],
  owasp: ["A06:2021", "A03:2025"],
  manifest: {
    names: DOCKERFILE,
    check,
    fixes: ({ facts }) => [
      {
        title: `Pin ${String(facts?.name)}`,
        grade: "manual",
        edits: [],
        reason: `Which image is meant only its registry tells ("docker buildx imagetools inspect ${String(facts?.name)}:TAG" prints the digest): look at it, then write ${String(facts?.name)}:TAG@sha256:DIGEST. Dependabot and Renovate keep such lines up to date.`,
      },
    ],
  },
  say: ({ facts }) => ({
    what:
      facts?.tag === ""
        ? `${String(facts.name)} is taken without a tag, which means latest.`
        : facts?.moves === true
          ? `${String(facts.name)}:${String(facts.tag)} is whatever was pushed last.`
          : `${String(facts?.name)}:${String(facts?.tag)} has no digest: the tag can be given to another image.`,
    why:
      facts?.moves === true
        ? "The next build may hold another system, or what somebody pushed who took over the account: nothing in the repository shows it."
        : "Whoever takes over the account that pushes it puts another image in its place, and the next build takes that.",
    fix: "Name the version and the digest: NAME:TAG@sha256:DIGEST.",
  }),
});

function check(file: ManifestFile): readonly Match[] {
  const text = dockerfile(file.text);
  const isAway = isTest(file.file) || isDevelopment(file.file) || isSample(file.file);
  return imagesOf(text).flatMap(({ image, span }): readonly Match[] => {
    const full = filledIn(image, text);
    // A template is filled in by something else.
    if (full === undefined || full === "scratch" || !/^[\w.:@/-]+$/.test(full)) return [];
    const { name, tag, digest } = imageName(full);
    if (/^sha256:[\da-f]{64}$/.test(digest)) return [];
    const moves = tag === "" || MOVING.test(tag);
    return [
      {
        item: `${file.file}#`,
        span,
        severity: moves ? "low" : "info",
        confidence: moves && !isAway ? "high" : "low",
        facts: { name, tag, moves },
      },
    ];
  });
}

/** What stages are built on, and what files are copied from, that is no stage itself. */
function imagesOf({
  stages,
}: DockerText): readonly { readonly image: string; readonly span: Span }[] {
  const names = new Set(stages.flatMap(({ name }) => name ?? []));
  const isStage = (image: string): boolean => names.has(image.toLowerCase()) || /^\d+$/.test(image);
  return stages.flatMap(({ image, imageSpan, base, instructions }) => [
    ...(base === undefined ? [{ image, span: imageSpan }] : []),
    ...instructions.flatMap(({ from, flags }) => {
      const flag = flags.find(({ name }) => name === "from");
      return from === undefined || flag === undefined || isStage(from)
        ? []
        : [{ image: from, span: flag.span }];
    }),
  ]);
}
