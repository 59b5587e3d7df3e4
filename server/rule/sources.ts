/** Where a package comes from if not from a registry: a repository or an address, and whether what is there can change. */

export interface Source {
  readonly kind: "git" | "url";
  /** The address without the version, for people. */
  readonly address: string;
  /** The commit, branch or tag; "" for none. */
  readonly ref: string;
  /** It always gives the same: a whole commit, an address with a commit or a checksum. */
  readonly fixed: boolean;
  /** Without encryption. */
  readonly open: boolean;
  /** Where the ref stands in the text; at its end if there is none. */
  readonly refAt: {
    readonly start: number;
    readonly end: number;
    /** What stands before it where it is written anew, and behind it. */
    readonly sign: string;
    readonly after?: string;
  };
}

const COMMIT = /^[\da-f]{40}(?:[\da-f]{24})?$/i;

/** Of a value in package.json; undefined for what a registry, a folder or the workspace gives. */
export function npmSource(text: string): Source | undefined {
  if (/^(?:npm|workspace|link|file|portal|catalog|patch|exec|jsr):|^(?:\.{0,2}|~)\//.test(text))
    return undefined;
  const isGit =
    /^(?:git(?:\+\w+)?:\/\/|git@|ssh:\/\/|(?:github|gitlab|bitbucket|gist):)/i.test(text) ||
    /^https?:\/\/[^#]+\.git(?:#|$)/i.test(text) ||
    /^[\w.-]+\/[\w.-]+(?:#|$)/.test(text);
  if (!isGit) return /^https?:\/\//i.test(text) ? urlSource(text) : undefined;
  const hash = text.indexOf("#");
  const ref = hash < 0 ? "" : text.slice(hash + 1);
  const refAt = {
    start: hash < 0 ? text.length : hash + 1,
    end: text.length,
    sign: hash < 0 ? "#" : "",
  };
  const address = hash < 0 ? text : text.slice(0, hash);
  return {
    kind: "git",
    address,
    ref,
    fixed: COMMIT.test(ref),
    open: /^(?:git:|git\+http:|http:)/i.test(text),
    refAt,
  };
}

/** Of a requirement of pip: `git+https://host/owner/name@ref#egg=name`, or an address of a file. */
export function pipSource(text: string): Source | undefined {
  const vcs = /^(git|hg|svn|bzr)\+(\w+):\/\/((?:[^@/#\s]+@)?[^@#\s]+)(?:@([^#\s]+))?/i.exec(text);
  if (vcs === null) return /^https?:\/\//i.test(text) ? urlSource(text) : undefined;
  const [all, , scheme = "", place = "", ref = ""] = vcs;
  return {
    kind: "git",
    address: `${scheme}://${place}`,
    ref,
    fixed: COMMIT.test(ref),
    open: /^(?:http|git)$/i.test(scheme),
    refAt: { start: all.length - ref.length, end: all.length, sign: ref === "" ? "@" : "" },
  };
}

function urlSource(text: string): Source {
  return {
    kind: "url",
    address: text.replace(/[#?].*$/s, ""),
    ref: "",
    fixed:
      /[/@][\da-f]{40}(?:[/.]|$)/i.test(text) ||
      /[#&](?:sha256|sha384|sha512)=[\da-f]{64,}/i.test(text) ||
      // Files there never change: their sum is part of the address.
      /^https:\/\/files\.pythonhosted\.org\/packages\//.test(text),
    open: /^http:/i.test(text) && !/^http:\/\/(?:localhost|127\.0\.0\.1)[:/]/.test(text),
    refAt: { start: text.length, end: text.length, sign: "" },
  };
}
